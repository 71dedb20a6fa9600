from itertools import permutations

import numpy as np
import pytest

from pipeline.embeddings.factorization import Factors
from pipeline.embeddings.feedback import ones_feedback
from pipeline.embeddings.quality import describe, items_by_user, shared_item_chance, shared_item_share
from tests.embeddings.settings import embeddings_config

# Users 0 and 1 share item 0, users 1 and 2 item 1; user 3 is alone with item 2, user 4 has nothing.
FEEDBACK = ones_feedback(np.array([0, 1, 1, 2, 3]), np.array([0, 0, 1, 1, 2]))
HISTORIES = items_by_user(FEEDBACK, 5)


def test_items_by_user():
    assert [set(items) for items in HISTORIES] == [{0}, {0, 1}, {1}, {2}, set()]


def test_share_by_hand_leaves_out_users_without_train():
    neighbours = np.array([[1, 2], [0, 2], [3, 4], [0, 1], [0, 1]])
    # Of users 0 to 3: 1 of 2, 2 of 2, 0 of 2, 0 of 2.
    assert shared_item_share(HISTORIES, neighbours) == 3 / 8


def test_chance_is_the_mean_over_all_others():
    everyone = np.array([[v for v in range(5) if v != u] for u in range(5)])
    assert shared_item_chance(HISTORIES) == shared_item_share(HISTORIES, everyone) == 4 / 16


def test_chance_is_the_expectation_of_random_neighbours():
    pairs = list(permutations(range(4), 2))
    shares = []
    for pair in pairs:  # Every ordered draw of two others for each user, place by place.
        neighbours = np.array([[v for v in range(5) if v != u] for u in range(5)])[:, list(pair)]
        shares.append(shared_item_share(HISTORIES, neighbours))
    assert np.mean(shares) == pytest.approx(shared_item_chance(HISTORIES))


def test_nothing_to_share():
    nobody = [frozenset[int](), frozenset[int]()]
    assert shared_item_share(nobody, np.array([[1], [0]])) == 0.0
    assert shared_item_chance(nobody) == 0.0
    assert shared_item_chance([frozenset({1})]) == 0.0


def test_describe_counts_what_train_never_shows():
    factors = Factors(np.eye(5, 8, dtype=np.float32), np.eye(4, 8, dtype=np.float32))
    figures = describe(FEEDBACK, factors, embeddings_config())
    assert (
        figures
        | {
            "method": "pmf",
            "variant": "linear",
            "feedback": "ones",
            "pairs": 5,
            "users": 5,
            "users_without_train": 1,
            "items": 4,
            "items_without_train": 1,
            "neighbours": 4,
            "shared_item_share": 0.25,
            "shared_item_chance": 0.25,
        }
        == figures
    )
    assert describe(FEEDBACK, factors, embeddings_config(method="bivae"))["variant"] == "pois"
