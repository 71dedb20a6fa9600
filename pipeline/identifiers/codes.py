"""What codes are worth, for metrics/identifiers.json."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def code_report(codes: np.ndarray, histories: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return figures about `codes` [I, levels], before items that share all of theirs are told apart.

    `items_that_share_codes`: items whose codes are another's too, and `largest_group` of such.
    `entropy_bits`: per level, of the codes of all items.
    `neighbours_with_one_first_code`: share of items that follow each other in train `histories` whose first
    code is the same, and `by_chance`: the same of two items drawn as often as in those pairs.
    """
    sizes = np.unique(codes, axis=0, return_counts=True)[1]
    pairs = [np.stack([one[:-1], one[1:]]) for one in histories if len(one) > 1]
    first, second = codes[:, 0][np.concatenate([np.empty((2, 0), dtype=np.int64), *pairs], axis=1)]
    return {
        "items_that_share_codes": int(sizes[sizes > 1].sum()),
        "largest_group": int(sizes.max()),
        "entropy_bits": [round(_entropy(codes[:, level]), 4) for level in range(codes.shape[1])],
        "neighbours_with_one_first_code": round(float((first == second).mean()), 6) if len(first) else None,
        "by_chance": round(_chance(first, second), 6) if len(first) else None,
    }


def _entropy(values: np.ndarray) -> float:
    shares = np.unique(values, return_counts=True)[1] / len(values)
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def _chance(first: np.ndarray, second: np.ndarray) -> float:
    most = int(max(first.max(), second.max())) + 1
    one, other = (np.bincount(codes, minlength=most) / len(codes) for codes in (first, second))
    return float(one @ other)
