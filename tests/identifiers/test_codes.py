import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers.codes import clusters_of, code_report, told_apart

RNG = np.random.default_rng


def test_figures_by_hand():
    codes = np.array([[0, 0], [0, 0], [1, 0], [1, 2], [0, 0], [1, 2]])
    histories = [np.array([0, 1, 2]), np.array([3]), np.array([2, 5, 0, 4]), np.array([], dtype=int)]
    # Pairs: 0-1, 1-2, 2-5, 5-0, 0-4: first codes 00, 01, 11, 10, 00.
    assert code_report(codes, histories) == {
        "items_that_share_codes": 5,
        "largest_group": 3,
        # Three and three; four and two: -(2/3 log2 2/3 + 1/3 log2 1/3).
        "entropy_bits": [1.0, 0.9183],
        "neighbours_with_one_first_code": 0.6,
        # 0 with 3/5 and 3/5, 1 with 2/5 and 2/5.
        "by_chance": 0.52,
    }


def test_without_neighbours_there_are_no_shares():
    report = code_report(np.array([[0], [1]]), [np.array([0]), np.array([1])])
    assert (report["neighbours_with_one_first_code"], report["by_chance"]) == (None, None)
    assert report["items_that_share_codes"] == 0


rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30)


@given(rows, st.integers(0, 3))
def test_one_more_code_where_items_share_theirs(codes, seed):
    found = told_apart(np.array(codes), RNG(seed))
    assert len({tuple(one) for one in found}) == len(codes)
    for own, one in zip(codes, found, strict=True):
        assert tuple(one[:2]) == own
        size = codes.count(own)
        assert len(one) == (2 if size == 1 else 3)
        assert size == 1 or 0 <= one[2] < size


def test_the_further_code_is_drawn_not_counted():
    found = [told_apart(np.zeros((20, 1), dtype=int), RNG(seed)) for seed in range(2)]
    assert found[0] != found[1]
    assert [one[1] for one in found[0]] != sorted(one[1] for one in found[0])


def test_more_clusters_than_vectors_are_no_fault():
    found = clusters_of(np.array([[1.0], [5.0], [1.0]]), 16, RNG(0))
    assert found.labels_[0] == found.labels_[2] != found.labels_[1]
    assert len(found.cluster_centers_) == 2
