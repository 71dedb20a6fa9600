"""What the splits themselves give away: counts and shares for `metrics/leakage.json`."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.evaluation.figures import rounded
from pipeline.evaluation.held_out import HeldOut


def interaction_leaks(train: pa.Table, split: HeldOut) -> dict[str, Any]:
    """Return the counts that should be zero, or known, about the recommendation splits.

    `candidate_lists_with_known_item`: test users whose negatives hold an item of their train, validation
    or test. `test_items_unseen_in_train`: test users whose item train never shows, which no rule learned
    from train can name. `test_users_without_train`: test users with no train row.
    """
    unseen = ~np.isin(split.targets, train["item"].to_numpy())
    without = ~np.isin(split.users, train["user"].to_numpy())
    return {
        "candidate_lists_with_known_item": _lists_with_known_item(split),
        "test_items_unseen_in_train": int(unseen.sum()),
        "test_users": len(split.users),
        "test_users_without_train": int(without.sum()),
    }


def _lists_with_known_item(split: HeldOut) -> int:
    lengths = [len(items) for items in split.negatives]
    owners = np.repeat(np.arange(len(lengths)), lengths)
    negatives = np.concatenate(split.negatives)
    known_owners = np.concatenate([split.owners, np.arange(len(split.users))])
    known = np.concatenate([split.history, split.targets])
    width = int(max(negatives.max(initial=0), known.max(initial=0))) + 1
    repeated = np.isin(owners * width + negatives, known_owners * width + known)
    return len(np.unique(owners[repeated]))


def order_leaks(users: np.ndarray, positions: np.ndarray, items: np.ndarray) -> dict[str, float | None]:
    """Return how far histories ascend by raw id, which ties kept in file order cause; None without pairs.

    `items` count in the order of the raw ids. By chance half of the adjacent pairs ascend.
    """
    order = np.lexsort((positions, users))
    users, items = users[order], items[order]
    adjacent = users[1:] == users[:-1]
    ascending = (items[1:] > items[:-1])[adjacent]
    if len(ascending) == 0:
        return {"adjacent_pairs_ascending": None, "histories_ascending": None}
    broken = np.unique(users[1:][adjacent][~ascending])
    histories = np.unique(users[1:][adjacent])
    return {
        "adjacent_pairs_ascending": rounded(ascending.mean()),
        "histories_ascending": rounded(1.0 - len(broken) / len(histories)),
    }


def explanation_leaks(explanations: pa.Table, split: HeldOut) -> dict[str, Any]:
    """Return the shares that explanations give away; None where there are none.

    `explanation_test_sentences_in_train`: test sentences that stand word for word in explanation train.
    `test_interactions_in_explanation_train`: sequential test interactions whose explanation is trained on.
    """
    train = explanations.filter(pc.field("split") == "train")
    test = explanations.filter(pc.field("split") == "test")
    trained = set(zip(train["user"].to_pylist(), train["item"].to_pylist(), strict=True))
    held_out = list(zip(split.users.tolist(), split.targets.tolist(), strict=True))
    sentences = set(train["explanation"].to_pylist())
    copies = [sentence in sentences for sentence in test["explanation"].to_pylist()]
    return {
        "explanation_test_sentences_in_train": rounded(np.mean(copies)) if copies else None,
        "test_interactions_in_explanation_train": (
            rounded(np.mean([pair in trained for pair in held_out])) if trained else None
        ),
    }


def leakage_metrics(train: pa.Table, split: HeldOut, explanations: pa.Table) -> dict[str, Any]:
    """Return `metrics/leakage.json`."""
    owners = np.concatenate([split.owners, np.arange(len(split.users))])
    # The test item is the newest of each history.
    last = np.full(len(split.users), np.iinfo(np.int32).max)
    return {
        **interaction_leaks(train, split),
        **order_leaks(
            owners,
            np.concatenate([split.positions, last]),
            np.concatenate([split.history, split.targets]),
        ),
        **explanation_leaks(explanations, split),
    }
