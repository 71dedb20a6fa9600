"""Sources of identifiers, made up."""

import numpy as np

from pipeline.artifacts import make_table
from pipeline.data.splits import leave_one_out
from pipeline.identifiers.base import HistoryColumns, Sources, join_splits
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.tables import INTERACTIONS
from tests.data.build import interactions

# User 1 comes first in the source; their time order is 3, 0, 2; user 0's is 2, 4, 1, 0.
PAIRS = [(1, 3), (0, 2), (1, 2), (0, 1), (0, 4), (1, 0), (0, 0)]
TIMES = [1, 1, 9, 5, 2, 4, 6]


def random(name: str) -> np.random.Generator:
    """A generator by name."""
    return np.random.default_rng([len(name), *name.encode()])


def histories(pairs: list[tuple[int, int]], times: list[int] | None = None) -> HistoryColumns:
    """Whole histories of (user, item) pairs in source order."""
    found = interactions(pairs, times=times).recoded()
    split = {name: make_table(INTERACTIONS, columns) for name, columns in leave_one_out(found).items()}
    return join_splits(split, len(found.user_ids), len(found.item_ids))


def sources(found: HistoryColumns, texts: list[str] | None = None, width: int = 3) -> Sources:
    """Histories with ids I0, I1 and so on, made-up texts and random embeddings."""
    items = found.item_count
    told = texts or [f"thing of kind{item % 3} number{item}" for item in range(items)]
    vectors = np.random.default_rng(0).normal(size=(items, width)).astype(np.float32)
    ids = [f"I{item}" for item in range(items)]
    return Sources(found, ids, lambda: told, {"embeddings": lambda: vectors}, lambda: told)


def settings(method: str, **changes: object) -> IdentifiersConfig:
    """Settings of a method."""
    return IdentifiersConfig(**{"method": method, "clusters": 2} | changes)


def families(count: int = 4, users: int = 60) -> Sources:
    """Items 0 to 39 in families by item % count; users stay within theirs, texts name it."""
    rng = np.random.default_rng(5)
    pairs = [
        (user, int(member) * count + user % count)
        for user in range(users)
        for member in rng.permutation(40 // count)[:6]
    ]
    texts = [f"family{item % count} thing number{item}" for item in range(40)]
    return sources(histories(pairs), texts)
