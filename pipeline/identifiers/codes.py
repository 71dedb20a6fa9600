"""Names of items by the codes of their clusters, and what the codes are worth."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.cluster import KMeans

from pipeline.identifiers.base import Identifiers, RandomStream, Sources, coded, random_users


def named_by_codes(codes: np.ndarray, sources: Sources, random: RandomStream) -> Identifiers:
    """Name items by `codes` [I, levels], and by one more code where several items share all of them.

    Users have shuffled numbers.
    """
    users = random_users(sources.histories, random)
    report = code_report(codes, sources.histories.of_train())
    return coded(users, told_apart(codes, random("items")), report)


def clusters_of(vectors: np.ndarray, size: int, rng: np.random.Generator) -> KMeans:
    """Fit at most `size` clusters to `vectors` [I, D]: as many as there are different vectors at most."""
    distinct = len(np.unique(vectors, axis=0))
    return KMeans(min(size, distinct), n_init=1, random_state=int(rng.integers(2**31))).fit(vectors)


def told_apart(codes: np.ndarray, rng: np.random.Generator) -> list[list[int]]:
    """Return `codes` [I, levels] with one more where items share all of theirs.

    It is drawn: counted up in the order of items it would say which of them came first.
    """
    groups, sizes = np.unique(codes, axis=0, return_inverse=True, return_counts=True)[1:]
    found = codes.tolist()
    for group in np.flatnonzero(sizes > 1):
        members = np.flatnonzero(groups.reshape(-1) == group)
        for item, code in zip(members, rng.permutation(len(members)).tolist(), strict=True):
            found[item].append(code)
    return found


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
