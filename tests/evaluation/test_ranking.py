import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.ranking import (
    MISS,
    chance_metrics,
    discounted_gains,
    hits,
    ranking_metrics,
    relevant_ranks,
)


def test_ranks_by_hand():
    lists = np.array([[7, 3, 9], [7, 3, 9], [1, 2, -1], [4, 4, 5], [-1, -1, 6]])
    targets = np.array([3, 8, 2, 4, 6])
    assert relevant_ranks(lists, targets).tolist() == [2, MISS, 2, 1, 3]


def test_hits_and_gains_by_hand():
    ranks = np.array([1, 2, 3, MISS])
    assert hits(ranks, 2).tolist() == [1, 1, 0, 0]
    # 1 / log2(2), 1 / log2(3), 1 / log2(4).
    assert discounted_gains(ranks, 3) == pytest.approx([1.0, 0.6309297536, 0.5, 0.0])
    assert discounted_gains(ranks, 1).tolist() == [1, 0, 0, 0]


def test_columns_leave_out_ndcg_at_1():
    assert list(ranking_metrics(np.array([1]), (1, 5))) == ["HR@1", "HR@5", "NDCG@5"]


@given(
    st.lists(st.lists(st.integers(-1, 8), min_size=4, max_size=4), min_size=1, max_size=6), st.integers(1, 4)
)
def test_against_brute_force(lists, k):
    for items in lists:
        ranks = relevant_ranks(np.array([items]), np.array([5]))
        expected = 0.0
        for place, item in enumerate(items[:k], start=1):
            if item == 5:
                expected = 1 / np.log2(place + 1)
                break
        assert discounted_gains(ranks, k)[0] == pytest.approx(expected)
        assert hits(ranks, k)[0] == (5 in items[:k])
        assert discounted_gains(ranks, k)[0] <= hits(ranks, k)[0]


def test_chance_by_hand_and_by_simulation():
    chance = chance_metrics(np.array([100, 100]), (1, 5, 10))
    assert chance["HR@1"] == pytest.approx(0.01)
    assert chance["HR@10"] == pytest.approx(0.1)
    sizes = np.array([4, 8])
    rng = np.random.default_rng(0)
    drawn = rng.integers(1, np.tile(sizes, 40_000) + 1)
    for name, value in ranking_metrics(drawn, (1, 5)).items():
        assert chance_metrics(sizes, (1, 5))[name] == pytest.approx(value.mean(), abs=0.01)


def test_chance_of_fewer_candidates_than_the_cutoff_is_certain():
    assert chance_metrics(np.array([3]), (10,))["HR@10"] == pytest.approx(1.0)
