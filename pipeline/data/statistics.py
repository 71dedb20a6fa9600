"""Statistics of a dataset: the paper's table 2, history lengths, and what its order gives away."""

from collections.abc import Mapping
from math import factorial
from typing import Any

import numpy as np
from scipy.special import gammaln

from pipeline.data.interactions import Interactions
from pipeline.data.records import DatasetError, Faults
from pipeline.data.text_statistics import TextStatistics


def table_2(interactions: Interactions) -> dict[str, float]:
    """Return users, items, reviews and density in percent (table 2, where it is called sparsity)."""
    users = len(interactions.user_ids)
    items = len(interactions.item_ids)
    density = 100 * len(interactions) / (users * items)
    return {
        "users": users,
        "items": items,
        "reviews": len(interactions),
        "density_percent": _rounded(density),
    }


def history_lengths(interactions: Interactions) -> dict[str, float]:
    """Return the shortest, mean, median and longest history."""
    lengths = np.bincount(interactions.users)
    return {
        "min": int(lengths.min()),
        "mean": _rounded(float(lengths.mean())),
        "median": _rounded(float(np.median(lengths))),
        "max": int(lengths.max()),
    }


def order_audit(interactions: Interactions) -> dict[str, Any]:
    """Return how much the order of the histories follows the item ids, beside what chance would give.

    Where same-time interactions keep the order of a file that is sorted by item id, the id tells what comes
    next. Ties are adjacent interactions of a user at the same time; a source without times is all ties.
    `test_items_decided_by_ties` is the share of users with another interaction at the time of their last one:
    the order of ties says which of them is the test item; None without times: nothing says what is tied.
    Codes must be in the order of the raw ids. Shares are None where there is nothing to count.
    """
    order = interactions.time_order()
    users = interactions.users[order]
    items = interactions.items[order]
    same_user = users[1:] == users[:-1]
    times = None if interactions.timestamps is None else interactions.timestamps[order]
    tied = same_user if times is None else same_user & (times[1:] == times[:-1])
    ascending = items[1:] > items[:-1]
    lengths = np.bincount(users)
    broken = np.bincount(users[1:][same_user & ~ascending], minlength=len(lengths))
    long = lengths > 1
    return {
        "ties_without_times": times is None,
        "test_items_decided_by_ties": None if times is None else _share(tied[_last_pairs(users)]),
        "tied_pairs": int(tied.sum()),
        "tied_pairs_ascending_by_item_id": _share(ascending[tied]),
        "tied_pairs_ascending_by_chance": 0.5,
        **_within_ties(users, tied, ascending),
        "histories_ascending_by_item_id": _share(broken[long] == 0),
        "histories_ascending_by_chance": _chance(lengths[long]),
    }


def _last_pairs(users: np.ndarray) -> np.ndarray:
    """Return the place, among adjacent pairs, of each user's last two interactions, of users with two."""
    ends = np.append(np.flatnonzero(users[1:] != users[:-1]), len(users) - 1)
    return ends[np.bincount(users)[users[ends]] > 1] - 1


def _within_ties(users: np.ndarray, tied: np.ndarray, ascending: np.ndarray) -> dict[str, Any]:
    """Return how many histories have a tie, and which share of them has no tie that the item ids don't order.

    `tied` and `ascending` tell it of each interaction but the first of all and the one before it. By chance a
    run of k tied interactions ascends once in k!.
    """
    count = int(users.max()) + 1
    has, breaks = (np.bincount(users[1:][pairs], minlength=count) > 0 for pairs in (tied, tied & ~ascending))
    starts = np.flatnonzero(np.concatenate([[True], ~tied]))
    lengths = np.diff(np.append(starts, len(users)))
    chances = np.exp(-np.bincount(users[starts], weights=gammaln(lengths + 1), minlength=count))
    return {
        "tied_histories": int(has.sum()),
        "tied_histories_ascending_by_item_id": _share(~breaks[has]),
        "tied_histories_ascending_by_chance": _rounded(chances[has].mean()) if has.any() else None,
    }


def _chance(lengths: np.ndarray) -> float | None:
    # Beyond 20! the share is below 1e-18, and the factorial beyond what a float division should see.
    counts = np.bincount(np.minimum(lengths, 21))
    if not counts.sum():
        return None
    return _rounded(sum(int(count) / factorial(length) for length, count in enumerate(counts)) / counts.sum())


def _share(mask: np.ndarray) -> float | None:
    return _rounded(float(mask.mean())) if len(mask) else None


def _rounded(value: float) -> float:
    return round(float(value), 6)


def dataset_metrics(
    source_format: str,
    kept: Interactions,
    faults: Faults,
    account: Mapping[str, int],
    texts: TextStatistics,
    explanations: Mapping[str, int],
) -> dict[str, Any]:
    """Return the content of `metrics/dataset.json`.

    Raises DatasetError where a record is unaccounted for: read = kept + filtered + duplicates + removed +
    quarantined, and for the source's own explanations given = kept + filtered + duplicates.
    """
    set_aside = faults.reasons.total()
    records = {"quarantined": set_aside, **account}
    _check_sum("records read", faults.read, records)
    _check_sum("explanations given", explanations["given"], {**explanations, "given": 0})
    return {
        "format": source_format,
        "table_2": table_2(kept),
        "records": {"read": faults.read, **records},
        "quarantined_by_reason": dict(faults.reasons),
        "history_length": history_lengths(kept),
        "text": texts.summary(),
        **{f"explanations_{name}": count for name, count in explanations.items()},
        "order_audit": order_audit(kept),
    }


def _check_sum(name: str, whole: int, parts: Mapping[str, int]) -> None:
    if whole != sum(parts.values()):
        raise DatasetError(f"{whole} {name}, but {dict(parts)} accounted for: a fault of PeaPOD's; report it")
