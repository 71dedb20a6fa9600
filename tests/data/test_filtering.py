from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.filtering import k_core, keep_one_per_pair
from tests.data.build import interactions

pairs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=80)


def naive_core(rows, core):
    """One fault at a time, the slow way."""
    left = list(range(len(rows)))
    while True:
        users = Counter(rows[at][0] for at in left)
        items = Counter(rows[at][1] for at in left)
        keep = [at for at in left if users[rows[at][0]] >= max(core, 3) and items[rows[at][1]] >= core]
        if keep == left:
            return left
        left = keep


@given(pairs, st.integers(0, 4))
def test_k_core_agrees_with_the_slow_way(rows, core):
    users = np.array([user for user, _ in rows], dtype=np.int32)
    items = np.array([item for _, item in rows], dtype=np.int32)
    assert np.flatnonzero(k_core(users, items, core)).tolist() == naive_core(rows, core)


def test_k_core_by_hand():
    # User 3 has 2 items and goes; then item 9 has 1 user and goes; then user 2 has 2 items and goes.
    rows = [(u, i) for u in (0, 1) for i in (0, 1, 2)] + [(2, 0), (2, 1), (2, 9), (3, 9), (3, 0)]
    mask = k_core(np.array([u for u, _ in rows]), np.array([i for _, i in rows]), 2)
    assert mask.tolist() == [True] * 6 + [False] * 5


def test_without_a_core_only_users_who_cannot_be_split_go():
    users = np.array([0, 0, 0, 1, 1])
    assert k_core(users, np.arange(5), 0).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize(("which", "kept"), [("first", [1, 2]), ("last", [2, 3]), ("all", [0, 1, 2, 3])])
def test_one_of_several_by_time(which, kept):
    found = interactions([(0, 0), (0, 0), (1, 0), (0, 0)], times=[20, 10, 5, 30])
    assert np.flatnonzero(keep_one_per_pair(found, which)).tolist() == kept


@pytest.mark.parametrize(("which", "kept"), [("first", 0), ("last", 2)])
@pytest.mark.parametrize("times", [None, [10, 10, 10]])
def test_ties_and_sources_without_times_go_by_file_order(which, kept, times):
    found = interactions([(0, 0)] * 3, times=times)
    assert np.flatnonzero(keep_one_per_pair(found, which)).tolist() == [kept]


@given(pairs, st.sampled_from(["first", "last"]), st.randoms())
def test_each_pair_stays_once(rows, which, random):
    found = interactions(rows, times=[random.randrange(5) for _ in rows])
    mask = keep_one_per_pair(found, which)
    kept = [pair for pair, stays in zip(rows, mask, strict=True) if stays]
    assert sorted(kept) == sorted(set(rows))
