import numpy as np
import pytest
from scipy import stats

from pipeline.evaluation import uncertainty
from pipeline.evaluation.bleu import bleu, bleu_counts
from pipeline.evaluation.uncertainty import (
    percentile_interval,
    resampled_sums,
    sums_interval,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def mean_interval(values, resamples, confidence, rng):
    """The interval of a mean, through sums as all figures are."""
    sums = resampled_sums(values[:, None], resamples, rng)
    return sums_interval(values.sum(keepdims=True), sums, lambda part: part[..., 0] / len(values), confidence)


def test_mean_interval_is_scipys_on_the_same_kind_of_resample():
    values = rng(1).exponential(size=400)
    ours = mean_interval(values, 4000, 0.95, rng(2))
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=rng(3)
    ).confidence_interval
    assert ours.value == pytest.approx(values.mean())
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


def test_large_samples_give_the_normal_interval():
    values = (rng(1).random(20_000) < 0.05).astype(float)
    interval = mean_interval(values, 1000, 0.95, rng(2))
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert interval.high - interval.low == pytest.approx(2 * half, rel=0.1)


def test_coverage_is_about_the_confidence():
    covered = 0
    for seed in range(200):
        values = rng(seed).normal(size=60)
        interval = mean_interval(values, 200, 0.9, rng(seed + 1000))
        covered += interval.low <= 0.0 <= interval.high
    assert 0.82 <= covered / 200 <= 0.96


def test_columns_share_resamples_so_differences_are_paired():
    first = rng(1).normal(size=300)
    second = first - 0.1  # The same users, always 0.1 lower.
    sums = resampled_sums(np.column_stack([first, second]), 500, rng(2)) / 300
    np.testing.assert_allclose(sums[:, 0] - sums[:, 1], 0.1)
    assert sums[:, 0].max() - sums[:, 0].min() > 0.1


def test_sums_dont_depend_on_the_block(monkeypatch):
    values = rng(1).random((37, 2))
    whole = resampled_sums(values, 50, rng(2))
    monkeypatch.setattr(uncertainty, "_BLOCK", 37 * 3)
    np.testing.assert_allclose(resampled_sums(values, 50, rng(2)), whole)


def test_each_resample_has_as_many_rows_as_the_sample():
    assert (resampled_sums(np.ones((23, 1)), 40, rng()) == 23).all()


def test_corpus_bleu_is_resampled_by_its_sums():
    texts = ["a b c d e", "a b c d x", "p q r s t", "a b x d e"]
    references = ["a b c d e", "a b c d e", "a b c d e", "a b c d e"]
    counts = bleu_counts(texts, references)
    interval = sums_interval(counts.sum(axis=0), resampled_sums(counts, 300, rng(4)), bleu, 0.95)
    assert interval.value == pytest.approx(float(bleu(counts.sum(axis=0))))
    draws = rng(4).integers(4, size=(300, 4))
    slow = [float(bleu(counts[rows].sum(axis=0))) for rows in draws]
    assert (interval.low, interval.high) == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])))


def test_percentiles_by_hand():
    interval = percentile_interval(5.0, np.arange(101.0), 0.9)
    assert (interval.value, interval.low, interval.high) == pytest.approx((5.0, 5.0, 95.0))


def test_errors():
    with pytest.raises(ValueError, match="at least one row"):
        resampled_sums(np.empty((0, 2)), 10, rng())
