import pytest

from pipeline.artifacts import make_table
from pipeline.report.influences import find_influences
from pipeline.tables import ATTENTION
from tests.evaluation.test_held_out import interactions

TRAIN = interactions([(0, 5, 0), (0, 6, 1), (1, 6, 0), (1, 7, 1), (2, 8, 0), (3, 6, 0), (3, 5, 1)])
USERS = {user: f"U{user}" for user in range(6)}
ITEMS = {item: f"I{item}" for item in range(9)}


def attention(user, neighbours, weights):
    return make_table(ATTENTION, {"user": [user], "neighbours": [neighbours], "weights": [weights]})


def test_most_attended_first_with_what_is_shared():
    table = attention(0, [1, 2, 3, 4, 5], [0.1, 0.3, 0.5, 0.05, 0.05])
    found = find_influences(0, table, TRAIN, USERS, ITEMS)
    assert [(one.neighbour, one.shared) for one in found.top] == [
        ("U3", ["I6", "I5"]),
        ("U2", []),
        ("U1", ["I6"]),
        ("U4", []),
    ]
    assert found.top[0].weight == pytest.approx(0.5)
    assert (found.neighbours, found.even) == (5, 0.2)


def test_users_without_attention_have_none():
    assert find_influences(1, attention(0, [1], [1.0]), TRAIN, USERS, ITEMS) is None
