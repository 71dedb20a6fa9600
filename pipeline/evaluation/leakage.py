"""What the splits themselves give away: counts and shares for `metrics/leakage.json`."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.artifacts import list_matrix
from pipeline.evaluation.estimates import rounded
from pipeline.evaluation.held_out import HeldOut
from pipeline.evaluation.schema.inputs import Order
from pipeline.evaluation.schema.tasks import LeakageMetrics


def interaction_leaks(train: pa.Table, split: HeldOut) -> dict[str, Any]:
    """Return the counts that should be zero, or known, about the recommendation splits.

    `candidate_lists_with_train_item`: test users whose negatives hold an item of their train;
    `candidate_lists_with_known_item`: or of their validation or test. `test_items_unseen_in_train`: test
    users whose item train never shows, which no rule learned from train can name.
    `test_users_without_train`: test users with no train row.
    """
    owners = train["user"].to_numpy()
    items = train["item"].to_numpy()
    of_test = np.isin(owners, split.users)
    trained = np.searchsorted(split.users, owners[of_test]), items[of_test]
    known = (
        np.concatenate([split.owners, np.arange(len(split.users))]),
        np.concatenate([split.history, split.targets]),
    )
    return {
        "candidate_lists_with_known_item": _lists_holding(split.negatives, *known),
        "candidate_lists_with_train_item": _lists_holding(split.negatives, *trained),
        "test_items_unseen_in_train": int((~np.isin(split.targets, items)).sum()),
        "test_users": len(split.users),
        "test_users_without_train": int((~np.isin(split.users, owners)).sum()),
    }


def _lists_holding(lists: list[np.ndarray], owners: np.ndarray, items: np.ndarray) -> int:
    """Return how many of `lists` hold one of the `items` whose row in `owners` is the list's."""
    lengths = [len(listed) for listed in lists]
    rows = np.repeat(np.arange(len(lists)), lengths)
    listed = np.concatenate(lists)
    width = int(max(listed.max(initial=0), items.max(initial=0))) + 1
    held = np.isin(rows * width + listed, owners * width + items)
    return len(np.unique(rows[held]))


def embedding_leaks(user_vectors: pa.Table, item_vectors: pa.Table, split: HeldOut) -> dict[str, int]:
    """Return how many test users, and how many users' test items, have no embedding.

    Tables are USER_VECTORS and ITEM_VECTORS, where zeros stand for what train never shows; an absent row
    counts as well.
    """
    users = _embedded(user_vectors, "user")
    items = _embedded(item_vectors, "item")
    return {
        "test_users_without_embedding": int((~np.isin(split.users, users)).sum()),
        "test_items_without_embedding": int((~np.isin(split.targets, items)).sum()),
    }


def _embedded(table: pa.Table, column: str) -> np.ndarray:
    vectors = list_matrix(table["vector"])
    return table[column].to_numpy()[vectors.any(axis=1)]


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
        "explanation_test_sentences_in_train": rounded(_share(copies)) if copies else None,
        "test_interactions_in_explanation_train": (
            rounded(_share([pair in trained for pair in held_out])) if trained else None
        ),
    }


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags)


def leakage_metrics(
    train: pa.Table,
    split: HeldOut,
    explanations: pa.Table,
    user_vectors: pa.Table,
    item_vectors: pa.Table,
    order: Order,
) -> LeakageMetrics:
    """Return `metrics/leakage.json`; `order` is the order audit of `metrics/dataset.json`, kept as it is."""
    return LeakageMetrics(
        **interaction_leaks(train, split),
        **explanation_leaks(explanations, split),
        **embedding_leaks(user_vectors, item_vectors, split),
        order=order,
    )
