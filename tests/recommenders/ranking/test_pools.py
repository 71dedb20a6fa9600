import numpy as np
import pytest

from pipeline.artifacts import make_table
from pipeline.recommenders.ranking.pools import candidate_pools, seen_items
from pipeline.tables import CANDIDATES
from tests.evaluation.test_held_out import interactions


def test_seen_items_in_the_order_of_the_users():
    histories = interactions([(4, 1, 0), (0, 2, 0), (4, 3, 1), (7, 5, 0)])
    seen = seen_items(histories, np.array([0, 2, 4]))
    assert [items.tolist() for items in seen] == [[2], [], [1, 3]]


def test_pools_hold_the_target_in_no_telling_place():
    table = make_table(CANDIDATES, {"user": [0, 4], "negatives": [[9, 1], [3]]})
    pools = candidate_pools(table, np.array([0, 4]), np.array([5, 2]))
    assert [items.tolist() for items in pools] == [[1, 5, 9], [2, 3]]


def test_a_user_without_negatives_is_an_error():
    table = make_table(CANDIDATES, {"user": [0], "negatives": [[1]]})
    with pytest.raises(ValueError, match="no list for 1 test users, the first is user 4"):
        candidate_pools(table, np.array([0, 4]), np.array([5, 2]))
