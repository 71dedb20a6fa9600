import numpy as np

from pipeline.evaluation.recommendation import HIGHEST, LAST, floor_bases
from tests.evaluation.test_leakage import SPLIT


def test_floor_bases_read_numbers_not_items():
    numbers = np.array([10, 90, 20, 30, 40, 50, 60, 70, 80, 100])
    bases = floor_bases(SPLIT, numbers)
    # User 0's history is items 1, 2 (numbers 90, 20), user 4's item 3, user 6 has none.
    assert bases[LAST].tolist() == [20, 30, 0]
    assert bases[HIGHEST].tolist() == [90, 30, 0]
