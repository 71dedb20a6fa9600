"""Test items that lists can't hold: repeats, where they leave out what users have had; and short lists."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.evaluation.held_out import HeldOut


def repeats(split: HeldOut) -> np.ndarray:
    """Tell which test users had their test item before, in train or validation: bool [N]."""
    had = np.zeros(len(split.users), dtype=bool)
    had[split.owners[split.history == split.targets[split.owners]]] = True
    return had


def leaves_out_history(lists: np.ndarray, split: HeldOut) -> bool:
    """Tell whether no list of a method, int [N, K], holds an item of its user's history."""
    width = int(max(lists.max(initial=0), split.history.max(initial=0))) + 1
    rows = np.arange(len(lists))[:, None] * width
    # The places that hold no item, -1, are no item's.
    held = np.where(lists < 0, -1, rows + lists)
    return not np.isin(held, split.owners * width + split.history).any()


def unseen_items(split: HeldOut, items: int) -> np.ndarray:
    """Return how many of all `items` each test user hasn't in the history: int64 [N]."""
    pairs = np.unique(split.owners * np.int64(items) + split.history)
    return items - np.bincount(pairs // items, minlength=len(split.users))


def left_out(lists: Mapping[str, np.ndarray], split: HeldOut, items: int, longest: int) -> dict[str, Any]:
    """Return what `metrics/sequential.json` says of `lists`, by method, over `items` items.

    `repeated_test_items`: test users who had their item before; `repeats_left_out_by`: the methods that can't
    find such an item, since no list of theirs holds what its user has had. `users_with_short_lists`: test
    users who have fewer than `longest` items unseen, the largest cutoff.
    """
    count = int(repeats(split).sum())
    methods = [name for name, found in lists.items() if leaves_out_history(found, split)] if count else []
    return {
        "repeated_test_items": count,
        "repeats_left_out_by": methods,
        "users_with_short_lists": int((unseen_items(split, items) < longest).sum()),
    }
