import numpy as np

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.most_popular import fit_most_popular


def test_scores_are_train_counts_for_everyone():
    data = TrainingData([np.array([2, 2, 0]), np.array([3, 2])], None, 5)
    scores = fit_most_popular(data, {}, 0).score(np.array([0, 1]), [np.array([1]), np.array([])])
    assert scores.tolist() == [[1, 0, 3, 1, 0]] * 2
