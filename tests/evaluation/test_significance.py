import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.evaluation.significance import holm, two_sided_p
from pipeline.evaluation.uncertainty import resampled_sums


def test_p_by_hand():
    # One of four replicates at or below zero, all at zero, none below.
    replicates = np.array([[-1.0, 0.0, 1.0], [1.0, 0.0, 2.0], [2.0, 0.0, 1.0], [3.0, 0.0, 1.0]])
    assert two_sided_p(replicates).tolist() == pytest.approx([4 / 5, 1.0, 2 / 5])


def test_p_is_about_the_t_tests_on_large_samples():
    values = np.random.default_rng(1).normal(0.05, 1.0, size=1500)
    means = resampled_sums(values[:, None], 4000, np.random.default_rng(2)) / len(values)
    assert two_sided_p(means)[0] == pytest.approx(stats.ttest_1samp(values, 0).pvalue, abs=0.02)


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1: 0.04, 0.06, 0.06, 0.04, then ascending.
    assert holm(np.array([0.04, 0.01, 0.03, 0.02])) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm(np.array([])).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_lies_between_raw_and_bonferroni(values):
    raw = np.array(values)
    adjusted = holm(raw)
    assert (adjusted >= raw).all()
    assert (adjusted <= np.minimum(raw * len(raw), 1.0) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(raw, kind="stable")]) >= 0).all()
