import numpy as np

from pipeline.recommenders.base import TrainingData, history_matrix
from tests.recommenders.planted import ITEMS, USERS, histories, planted_splits


def test_histories_and_ratings_are_those_of_train_in_order():
    data = TrainingData.from_table(planted_splits(dislikes=True).train, USERS, ITEMS)
    assert [history.tolist() for history in data.histories] == [walk[:5] for walk in histories(dislikes=True)]
    assert data.ratings is not None
    assert [ratings.tolist() for ratings in data.ratings] == [[1.0, 5.0, 5.0, 5.0, 5.0]] * USERS
    assert data.counts.sum() == 5 * USERS
    assert data.counts[-1] == 0


def test_without_ratings():
    assert TrainingData.from_table(planted_splits(rated=False).train, USERS, ITEMS).ratings is None


def test_history_matrix_by_hand():
    matrix = history_matrix([np.array([2, 0, 2]), np.array([], dtype=int)], 4)
    assert matrix.toarray().tolist() == [[1, 0, 1, 0], [0, 0, 0, 0]]
