"""Prediction tables to arrays, checked: a list for every test user, a text for every test pair."""

import numpy as np
import pyarrow as pa

NO_ITEM = -1
"""Stands for an answer that names no real item, and for the places after a list's end."""


class PredictionError(ValueError):
    """Predictions don't fit the test split; the message names the file and the first fault."""


def ranked_lists(predictions: pa.Table, users: np.ndarray, source: str) -> np.ndarray:
    """Return a RECOMMENDATIONS table as items in ranked order, int64 [N, K], NO_ITEM where there is none.

    `users` [N] are the test users, ascending. Raises PredictionError, naming `source`, when a user has
    no list, a list's user isn't a test user, or ranks aren't 1, 2, 3 and so on.
    """
    owners = predictions["user"].to_numpy()
    ranks = predictions["rank"].to_numpy()
    _check_users(np.unique(owners), users, source)
    rows = np.searchsorted(users, owners)
    order = np.lexsort((ranks, rows))
    counts = np.bincount(rows, minlength=len(users))
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    wanted = np.arange(len(rows)) - starts + 1
    wrong = np.flatnonzero(ranks[order] != wanted)
    if len(wrong):
        row = order[wrong[0]]
        raise PredictionError(
            f"{source}: user {owners[row]} has rank {ranks[row]} where {wanted[wrong[0]]} is wanted"
        )
    lists = np.full((len(users), counts.max()), NO_ITEM, dtype=np.int64)
    lists[rows, ranks - 1] = predictions["item"].fill_null(NO_ITEM).to_numpy()
    return lists


def _check_users(found: np.ndarray, users: np.ndarray, source: str) -> None:
    if len(users) == 0:
        raise PredictionError(f"{source}: the test split has no users, so there is nothing to evaluate")
    missing = np.setdiff1d(users, found)
    if len(missing):
        raise PredictionError(
            f"{source}: no list for {len(missing)} of {len(users)} test users, the first is user {missing[0]}"
        )
    unknown = np.setdiff1d(found, users)
    if len(unknown):
        raise PredictionError(f"{source}: user {unknown[0]} has a list but isn't in the test split")


def check_cutoffs(lists: np.ndarray, cutoffs: tuple[int, ...], source: str) -> None:
    """Raise PredictionError when a cutoff is longer than the longest list, where HR@k would be too low."""
    if max(cutoffs) > lists.shape[1]:
        raise PredictionError(
            f"{source}: a cutoff of {max(cutoffs)} is wanted, but the longest list has {lists.shape[1]} "
            f"items; lower the cutoffs of section evaluation to at most {lists.shape[1]}, or raise what "
            "limits the lists: decoding.top, for top-n dataset.negatives too"
        )


def invalid_share(predictions: pa.Table) -> float:
    """Return the share of answers that name no real item; 0 for an empty table."""
    return predictions["item"].null_count / max(len(predictions), 1)


def generated_texts(generated: pa.Table, pairs: pa.Table, source: str) -> list[str]:
    """Return the generated texts in the order of `pairs`, the explanation test split.

    Raises PredictionError, naming `source`, unless `generated` holds exactly these (user, item) pairs in
    this order, each with a text.
    """
    if len(generated) != len(pairs):
        raise PredictionError(f"{source}: {len(generated)} texts found, {len(pairs)} test pairs wanted")
    for column in ("user", "item"):
        wrong = np.flatnonzero(generated[column].to_numpy() != pairs[column].to_numpy())
        if len(wrong):
            row = int(wrong[0])
            raise PredictionError(
                f"{source}: row {row + 1} has {column} {generated[column][row]}, "
                f"the test split has {pairs[column][row]}"
            )
    texts = generated["text"].to_pylist()
    if None in texts:
        raise PredictionError(f"{source}: row {texts.index(None) + 1} has no text")
    return texts
