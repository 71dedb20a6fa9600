import numpy as np

from pipeline.identifiers.codes import code_report


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
