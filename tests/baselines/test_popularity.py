import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.baselines.popularity import popularity_order, rank_candidates, rank_catalogue, train_counts


def test_counts_and_order_by_hand():
    counts = train_counts(np.array([2, 2, 0, 3, 2, 3]), 5)
    assert counts.tolist() == [1, 0, 3, 2, 0]
    assert popularity_order(counts, np.random.default_rng(0)).tolist()[:3] == [2, 3, 0]


def test_ties_are_random_but_seeded():
    counts = np.ones(50, dtype=np.int64)
    first = popularity_order(counts, np.random.default_rng(0)).tolist()
    assert first == popularity_order(counts, np.random.default_rng(0)).tolist()
    assert first != popularity_order(counts, np.random.default_rng(1)).tolist()
    assert first != sorted(first)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 5))
def test_order_is_a_permutation_with_falling_counts(counts, seed):
    order = popularity_order(np.array(counts), np.random.default_rng(seed))
    assert sorted(order.tolist()) == list(range(len(counts)))
    assert (np.diff(np.array(counts)[order]) <= 0).all()


def test_catalogue_leaves_out_what_was_seen():
    order, counts = np.array([3, 1, 0, 2]), np.array([1, 4, 0, 9])
    columns = rank_catalogue(order, counts, np.array([5, 8]), [np.array([3, 0]), np.array([])], 2)
    assert columns["user"].tolist() == [5, 5, 8, 8]
    assert columns["rank"].tolist() == [1, 2, 1, 2]
    assert columns["item"].tolist() == [1, 2, 3, 1]
    assert columns["score"].tolist() == [4.0, 0.0, 9.0, 4.0]


@given(st.data())
def test_catalogue_against_brute_force(data):
    size = data.draw(st.integers(1, 10))
    order = data.draw(st.permutations(range(size)))
    seen = data.draw(st.lists(st.integers(0, size - 1), max_size=8))
    top = data.draw(st.integers(1, 6))
    columns = rank_catalogue(np.array(order), np.zeros(size, int), np.array([0]), [np.array(seen, int)], top)
    assert columns["item"].tolist() == [item for item in order if item not in seen][:top]


def test_candidates_keep_to_the_pool():
    order, counts = np.array([3, 1, 0, 2]), np.array([1, 4, 0, 9])
    columns = rank_candidates(order, counts, np.array([5]), [np.array([0, 2, 3])], 2)
    assert columns["item"].tolist() == [3, 0]


def test_nobody_to_recommend_to():
    columns = rank_catalogue(np.array([0]), np.array([1]), np.array([], dtype=int), [], 3)
    assert all(len(values) == 0 for values in columns.values())
