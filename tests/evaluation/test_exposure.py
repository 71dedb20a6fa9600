import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.exposure import coverage, exposures, gini


def test_exposures_by_hand():
    lists = np.array([[2, 0, 1], [2, -1, 1]])
    assert exposures(lists, 2, 4).tolist() == [1, 0, 2, 0]
    assert coverage(exposures(lists, 2, 4)) == 0.5


def test_gini_by_hand():
    assert gini(np.array([3, 3, 3])) == 0.0
    # One item takes all: (n - 1) / n.
    assert gini(np.array([0, 0, 0, 7])) == pytest.approx(0.75)
    assert gini(np.zeros(3)) == 0.0


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(any))
def test_gini_is_half_the_relative_mean_difference(counts):
    values = np.array(counts, dtype=float)
    differences = np.abs(values[:, None] - values[None, :]).mean()
    assert gini(values) == pytest.approx(differences / (2 * values.mean()))
