"""What names users and items: in prompts (mentions), in answers, and what a scheme makes them of."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.data.splits import SPLITS
from pipeline.identifiers.mentions import user_mention
from pipeline.identifiers.new_items import NEVER_ASKED, Naming
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.base import Engines
from pipeline.runtime.engines.local import start

RandomStream = Callable[[str], np.random.Generator]
"""Gives a generator by name."""

_HERE: Engines = partial(start, RuntimeConfig())


class IdentifiersError(ValueError):
    """What a scheme made, or a file holds, can't name the items; the message says what to change."""


@dataclass(frozen=True)
class HistoryColumns:
    """Whole histories as columns [E], in any order, and how many users and items there are.

    Attributes:
        users, items: internal indices.
        positions: place in the user's history, from 0.
        rows: place in the source.
        train: mask of train interactions.
    """

    users: np.ndarray
    items: np.ndarray
    positions: np.ndarray
    rows: np.ndarray
    train: np.ndarray
    user_count: int
    item_count: int

    def of_train(self) -> list[np.ndarray]:
        """Return the train items of each user, oldest first."""
        users = self.users[self.train]
        order = np.lexsort((self.positions[self.train], users))
        counts = np.bincount(users, minlength=self.user_count)
        return np.split(self.items[self.train][order], np.cumsum(counts)[:-1])


def join_splits(splits: Mapping[str, pa.Table], user_count: int, item_count: int) -> HistoryColumns:
    """Join the train, validation and test tables (`tables.INTERACTIONS`) to whole histories."""
    table = pa.concat_tables([splits[name] for name in SPLITS])
    columns = {name: table[name].to_numpy() for name in ("user", "item", "position", "row")}
    return HistoryColumns(
        users=columns["user"],
        items=columns["item"],
        positions=columns["position"],
        rows=columns["row"],
        train=np.arange(table.num_rows) < splits["train"].num_rows,
        user_count=user_count,
        item_count=item_count,
    )


@dataclass(frozen=True)
class Sources:
    """What a scheme may look at.

    Attributes:
        histories: all of them; a scheme that isn't to leak looks at their train rows alone.
        item_ids: the raw id of each item [I].
        texts: gives the text of each item [I], told by metadata or train reviews.
        vectors: gives vectors of all items by name, float32 [I, D]: `embeddings`, fitted on train.
        titles: gives the title of each item [I], "" where none is told.
        engines: starts what runs tasks over texts.
    """

    histories: HistoryColumns
    item_ids: Sequence[str]
    texts: Callable[[], list[str]]
    vectors: Mapping[str, Callable[[], np.ndarray]]
    titles: Callable[[], list[str]] = list
    engines: Engines = _HERE


@dataclass(frozen=True)
class Identifiers:
    """What names users and items.

    Attributes:
        items: what a prompt calls each item [I].
        answers: what the model writes for each item [I].
        user_numbers: the number in each user's name, from 1, int32 [N].
        item_numbers: the number in each item's name, from 1, int32 [I]; None for names without.
        codes: the codes that each item's name is made of; None for names without.
        symbols: the tokens that the vocabulary has to learn for these names.
        user_tokens: whether each user is one of these tokens.
        new_items: what names items that came after training, or why nothing does.
        report: figures about the items' names, for metrics/identifiers.json.
    """

    items: list[str]
    answers: list[str]
    user_numbers: np.ndarray
    item_numbers: np.ndarray | None = None
    codes: list[list[int]] | None = None
    symbols: list[str] = field(default_factory=list)
    user_tokens: bool = False
    new_items: Naming | str = NEVER_ASKED
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def users(self) -> list[str]:
        """What a prompt calls each user [N]."""
        return [user_mention(number, self.user_tokens) for number in self.user_numbers]


def numbered(users: np.ndarray, items: np.ndarray) -> Identifiers:
    """Return identifiers that are numbers, of users [N] and of items [I]."""
    return Identifiers(
        items=[f"item_{number}" for number in items],
        answers=[str(number) for number in items],
        user_numbers=users,
        item_numbers=items,
        new_items="a number says nothing of what an item is; training alone gives it a meaning",
    )


def coded(users: np.ndarray, codes: list[list[int]], report: dict[str, Any] | None = None) -> Identifiers:
    """Return identifiers of items that are sequences of codes, one symbol per level and code.

    `users` [N] are numbered. Codes 3, 17 are the symbols <a_3> and <b_17>.
    """
    used = {(level, code) for item in codes for level, code in enumerate(item)}
    answers = ["".join(code_symbol(level, code) for level, code in enumerate(item)) for item in codes]
    return Identifiers(
        items=answers,
        answers=answers,
        user_numbers=users,
        codes=codes,
        symbols=[code_symbol(level, code) for level, code in sorted(used)],
        report=report or {},
    )


def code_symbol(level: int, code: int) -> str:
    """Return the token of a code of a level, both from 0; levels are a, b, c and so on."""
    return f"<{chr(ord('a') + level)}_{code}>"


def numbers_of(order: np.ndarray) -> np.ndarray:
    """Return the number, from 1, of each index by its place in `order`: int32 [count]."""
    numbers = np.empty(len(order), dtype=np.int32)
    numbers[order] = np.arange(1, len(order) + 1, dtype=np.int32)
    return numbers


def random_users(histories: HistoryColumns, random: RandomStream) -> np.ndarray:
    """Return shuffled numbers of users, int32 [N]."""
    return numbers_of(random("users").permutation(histories.user_count))


def check_identifiers(found: Identifiers, method: str, sources: Sources) -> None:
    """Raise IdentifiersError where names don't tell users or items apart, or can't be learned."""
    ids = sources.item_ids
    users = [str(user) for user in range(sources.histories.user_count)]
    faults = [
        *_shared(found.users, users, "users", "mention"),
        *_shared(found.items, ids, "items", "mention"),
        *_shared(found.answers, ids, "items", "answer"),
        *_shared(found.symbols, found.symbols, "symbols", "text"),
    ]
    faults += [f"symbol {one!r} is empty or holds a blank" for one in found.symbols if one.split() != [one]]
    if faults:
        raise IdentifiersError(f"identifiers.method {method}: " + "; ".join(faults))


def _shared(names: Sequence[str], owners: Sequence[str], what: str, kind: str) -> list[str]:
    """Say which of `owners` have no name, or one that reads like another's."""
    if len(names) != len(owners):
        return [f"{len(names)} {kind}s of {what} made, {len(owners)} wanted"]
    by_name = defaultdict(list)
    for owner, name in zip(owners, names, strict=True):
        # As tokenizers read it: one form of each character, blanks alike.
        by_name[" ".join(unicodedata.normalize("NFKC", name).split())].append(owner)
    faults = [f"{what} {by_name[''][0]!r} has an empty {kind}"] if "" in by_name else []
    groups = [(name, group) for name, group in by_name.items() if len(group) > 1 and name]
    if groups:
        name, group = groups[0]
        faults.append(
            f"{what} {group[0]!r} and {group[1]!r} share the {kind} {name!r} "
            f"({sum(len(group) for _, group in groups)} {what} share one in all); each has to have its own"
        )
    return faults
