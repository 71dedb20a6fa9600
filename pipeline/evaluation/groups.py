"""Test users in three groups of about equal size, by some number of each."""

from dataclasses import dataclass

import numpy as np

NAMES = ("low", "middle", "high")


@dataclass(frozen=True)
class Group:
    """The users of one group: a mask [N], and the smallest and largest number in it."""

    members: np.ndarray
    smallest: int
    largest: int


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
