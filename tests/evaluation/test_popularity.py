import numpy as np
import pytest

from pipeline.evaluation.popularity import (
    history_means,
    list_means,
    mean_over_users,
    ratio_of_means,
    self_information,
)

COUNTS = np.array([8, 4, 1, 0])


def test_self_information_by_hand():
    # Of 8 users all, a half, an eighth; nobody counts as one.
    assert self_information(COUNTS, 8).tolist() == [0.0, 1.0, 3.0, 3.0]


def test_lists_by_hand():
    lists = np.array([[0, 1, 3], [2, -1, 0], [-1, -1, 1]])
    means = list_means(lists, COUNTS, 2)
    # (8 + 4) / 2; 1 alone, the second place names no item; nothing shown.
    assert means.tolist() == [[6.0, 1.0], [1.0, 1.0], [0.0, 0.0]]
    assert mean_over_users(means.sum(axis=0)) == pytest.approx(3.5)
    novelty = list_means(lists, self_information(COUNTS, 8), 2)
    assert novelty.tolist() == [[0.5, 1.0], [3.0, 1.0], [0.0, 0.0]]


def test_histories_by_hand():
    owners, history = np.array([2, 0, 2]), np.array([1, 2, 0])
    assert history_means(owners, history, COUNTS, 3).tolist() == [[1.0, 1.0], [0.0, 0.0], [6.0, 1.0]]


def test_ratio_by_hand():
    # Shown 3.5 on average over 2 users, their own 14 over 4.
    assert ratio_of_means(np.array([7.0, 2.0, 14.0, 4.0])) == pytest.approx(1.0)
    sums = np.array([[6.0, 2.0, 2.0, 2.0], [6.0, 2.0, 0.0, 0.0]])
    assert ratio_of_means(sums).tolist() == [3.0, 0.0]
