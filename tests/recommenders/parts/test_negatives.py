import numpy as np

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.parts.negatives import Negatives

ITEMS = 6


def drawn(histories, users, count=2000):
    data = TrainingData([np.array(history) for history in histories], None, ITEMS)
    return Negatives(data).draw(np.array(users), count, np.random.default_rng(0))


def test_all_items_but_a_users_own_come_up_alike():
    found = drawn([[0, 1, 5], [2], [3]], [0, 1])
    assert found.shape == (2, 2000)
    for row, others in zip(found, ([2, 3, 4], [0, 1, 3, 4, 5]), strict=True):
        counts = np.bincount(row, minlength=ITEMS)
        assert set(np.flatnonzero(counts)) == set(others)
        assert counts[others].min() > 0.8 * 2000 / len(others)


def test_who_knows_everything_still_gets_some():
    assert drawn([list(range(ITEMS))], [0], 5).shape == (1, 5)
