"""Titles, as LLaRA says items: what the metadata calls each of them."""

import unicodedata
from collections.abc import Sequence

from pipeline.data.titles import spoken, title_faults, told_apart
from pipeline.identifiers.base import Identifiers, RandomStream, Sources, random_users
from pipeline.identifiers.config import IdentifiersConfig


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
        report={"titles": vars(title_faults(bare)), "titles_told_apart": _changed(bare, named)},
    )


def _as_read(title: str) -> str:
    """Return a title as tokenizers read it: one form of each character, blanks alike."""
    return " ".join(unicodedata.normalize("NFKC", title).split())


def _changed(titles: Sequence[str], named: Sequence[str]) -> int:
    return sum(one != other for one, other in zip(titles, named, strict=True))
