import numpy as np
import pytest

from pipeline.embeddings.approximate import nearest_users_by_cells
from pipeline.embeddings.neighbours import Neighbours, NeighboursError, nearest_users
from pipeline.embeddings.recall import recall


def of_tastes(users: int, tastes: int, width: int = 12, seed: int = 0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    centres = 3 * draw.normal(size=(tastes, width))
    return (centres[draw.integers(tastes, size=users)] + draw.normal(size=(users, width))).astype(np.float32)


def test_all_cells_give_the_exact_result():
    vectors = of_tastes(300, 5)
    vectors[7:11] = 0
    exact, found = nearest_users(vectors, 9, 64), nearest_users_by_cells(vectors, 9, 64, probes=300)
    assert found.users.tobytes() == exact.users.tobytes()
    assert found.cosines.tobytes() == exact.cosines.tobytes()


def test_few_cells_find_most_and_more_cells_no_less():
    vectors = of_tastes(1500, 30)
    recalls = [
        recall(vectors, nearest_users_by_cells(vectors, 10, 256, probes), 256)["recall"]
        for probes in (1, 4, 38)
    ]
    assert 0.5 < recalls[0] <= recalls[1] <= recalls[2] == 1
    assert recalls[1] > 0.9


def test_the_result_does_not_depend_on_the_block():
    vectors = of_tastes(400, 6)
    one, two = (nearest_users_by_cells(vectors, 5, block, probes=3) for block in (3, 400))
    assert one.users.tobytes() == two.users.tobytes()


def test_nobody_is_his_own_neighbour_and_everyone_has_enough():
    # One user in nearly every cell: more cells than asked for are searched.
    vectors = np.eye(30, dtype=np.float32)
    found = nearest_users_by_cells(vectors, 25, 8, probes=1)
    for user, row in enumerate(found.users):
        assert len(set(row.tolist())) == 25
        assert user not in row


def test_recall_by_hand():
    vectors = np.array([[10, 0], [10, 1], [10, 3], [0, 1]], dtype=np.float32)
    exact = nearest_users(vectors, 1, 4)
    assert recall(vectors, exact, 4) == {"recall": 1.0, "recall_users": 4}
    cosines = exact.cosines.copy()
    cosines[0] -= 0.1
    assert recall(vectors, Neighbours(exact.users, cosines), 4)["recall"] == 0.75


def test_too_many_neighbours_are_refused():
    with pytest.raises(NeighboursError, match="4 neighbours asked for, but 4 users have 3 others"):
        nearest_users_by_cells(np.ones((4, 2), dtype=np.float32), 4, 2, probes=1)
