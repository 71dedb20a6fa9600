import numpy as np

from pipeline.artifacts import make_table
from pipeline.evaluation.held_out import HeldOut
from pipeline.evaluation.leakage import (
    embedding_leaks,
    explanation_leaks,
    interaction_leaks,
    leakage_metrics,
)
from pipeline.evaluation.schema.inputs import Order
from pipeline.tables import ITEM_VECTORS, USER_VECTORS
from tests.evaluation.test_explanation import explanations
from tests.evaluation.test_held_out import interactions
from tests.evaluation.workspace import ORDER

SPLIT = HeldOut(
    users=np.array([0, 4, 6]),
    targets=np.array([5, 6, 7]),
    owners=np.array([0, 0, 1]),
    history=np.array([1, 2, 3]),
    positions=np.array([0, 1, 0]),
    # User 0's negatives hold their own history item, 4's another's, 6's their own test item.
    negatives=[np.array([2, 9]), np.array([1, 2]), np.array([7, 8])],
)
TRAIN = interactions([(0, 1, 0), (4, 3, 0), (9, 5, 0)])


def test_interactions_by_hand():
    assert interaction_leaks(TRAIN, SPLIT) == {
        "candidate_lists_with_known_item": 2,
        "candidate_lists_with_train_item": 0,
        "test_items_unseen_in_train": 2,
        "test_users": 3,
        "test_users_without_train": 1,
    }


def test_explanations_by_hand():
    table = explanations(
        [
            (0, 5, "same words", "train"),
            (4, 6, "held out", "test"),
            (6, 1, "same words", "test"),
            (4, 7, "not this", "validation"),
        ]
    )
    assert explanation_leaks(table, SPLIT) == {
        "explanation_test_sentences_in_train": 0.5,
        "test_interactions_in_explanation_train": 0.333333,
    }


def test_train_items_among_the_candidates():
    # User 0's negatives are 2 and 9, user 6's 7 and 8; user 5 isn't tested.
    train = interactions([(0, 9, 0), (0, 2, 1), (5, 7, 0), (6, 1, 0)])
    assert interaction_leaks(train, SPLIT)["candidate_lists_with_train_item"] == 1


def vectors(name, schema, rows):
    return make_table(schema, {name: list(rows), "vector": list(rows.values())})


USERS = vectors("user", USER_VECTORS, {0: [1.0, 0.0], 4: [0.0, 0.0], 9: [1.0, 1.0]})
ITEMS = vectors("item", ITEM_VECTORS, {5: [0.0, -1.0], 6: [0.0, 0.0], 7: [2.0, 0.0]})


def test_zero_and_absent_vectors_are_missing():
    # User 4's vector is all zeros, user 6 has none; item 6's is all zeros.
    assert embedding_leaks(USERS, ITEMS, SPLIT) == {
        "test_items_without_embedding": 1,
        "test_users_without_embedding": 2,
    }


def test_without_explanations_shares_are_null():
    found = leakage_metrics(TRAIN, SPLIT, explanations([]), USERS, ITEMS, Order(**ORDER))
    assert found.order.tied_pairs == 12
    assert found.explanation_test_sentences_in_train is None
    assert found.test_interactions_in_explanation_train is None
    assert found.test_users == 3
