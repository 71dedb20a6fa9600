"""Test users, or items, in three groups of about equal size, by some number of each."""

from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.held_out import HeldOut

NAMES = ("low", "middle", "high")


@dataclass(frozen=True)
class Group:
    """The members of one group: a mask [N], and the smallest and largest number in it."""

    members: np.ndarray
    smallest: int
    largest: int


def numbers_of_users(split: HeldOut, counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return what test users are grouped by, int64 [N] each; `counts` [I] is how often train shows each item.

    `activity` is the length of a user's history, `popularity` how often train shows their held-out item.
    """
    return {
        "activity": np.bincount(split.owners, minlength=len(split.users)),
        "popularity": counts[split.targets],
    }


def thirds(values: np.ndarray) -> dict[str, Group]:
    """Return the groups of integers [N], cut at the first and second third; an empty group is left out.

    Equal numbers stay together, so that groups differ in size where many users have the same one.
    """
    first, second = np.quantile(values, [1 / 3, 2 / 3], method="inverted_cdf")
    masks = (values <= first, (values > first) & (values <= second), values > second)
    return {
        name: Group(mask, int(values[mask].min()), int(values[mask].max()))
        for name, mask in zip(NAMES, masks, strict=True)
        if mask.any()
    }
