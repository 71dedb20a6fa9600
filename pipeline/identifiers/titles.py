"""Titles, as LLaRA says items: what the metadata calls each of them."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import write_json
from pipeline.data.titles import spoken, title_faults, told_apart
from pipeline.identifiers.base import Identifiers, RandomStream, Sources, random_users
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.new_items import NewItem, NewItemError

TITLES = "titles.json"


@dataclass(frozen=True)
class TitleNaming:
    """Names new items as those of the data: by their titles."""

    def names(self, items: Sequence[NewItem], taken: Collection[str]) -> list[str]:
        """Return titles without a year, the whole ones where that is taken; see `Naming`."""
        used = set(taken)
        found = []
        for item in items:
            full = _as_read(item.title or "")
            name = next((one for one in (spoken(full), full) if one and one not in used), None)
            if name is None:
                raise NewItemError(
                    f"item {item.item!r}: a title wanted that no other item has (found {item.title!r}): the "
                    "model calls items by it"
                )
            used.add(name)
            found.append(name)
        return found

    def save(self, folder: Path) -> None:
        """Write a file that says that titles name items."""
        write_json(folder / TITLES, {})

    @classmethod
    def load(cls, folder: Path) -> "TitleNaming":
        """Return it; there is nothing to read."""
        return cls()


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name each item by its title, without a year and told apart from others; users have shuffled numbers.

    An item without a title is called `item 267`, by its place from 1. The report counts titles that are
    missing, equal to another's or part of another's.
    """
    full = [_as_read(title) for title in sources.titles()]
    bare = [spoken(title) for title in full]
    named = told_apart(bare, full)
    return Identifiers(
        items=named,
        answers=named,
        user_numbers=random_users(sources.histories, random),
        new_items=TitleNaming(),
        report={"titles": vars(title_faults(bare)), "titles_told_apart": _changed(bare, named)},
    )


def _as_read(title: str) -> str:
    """Return a title as tokenizers read it: one form of each character, blanks alike."""
    return " ".join(unicodedata.normalize("NFKC", title).split())


def _changed(titles: Sequence[str], named: Sequence[str]) -> int:
    return sum(one != other for one, other in zip(titles, named, strict=True))
