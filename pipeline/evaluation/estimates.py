"""Figures with intervals, as they stand in the metrics files."""

from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.ranking import ranking_metrics
from pipeline.evaluation.schema.document import Estimate, Estimates, Methods
from pipeline.evaluation.significance import holm, two_sided_p
from pipeline.evaluation.uncertainty import Interval, percentile_interval, resampled_sums

DIGITS = 6
"""Decimals kept, so that the files don't change with the order of a sum."""


def rounded(value: float) -> float:
    """Return `value` with DIGITS decimals, never a negative zero."""
    return round(float(value), DIGITS) + 0.0


def exact(value: float) -> Estimate:
    """Return a figure without an interval: an expectation, or a share that resampling would distort."""
    return Estimate(value=rounded(value))


def estimated(interval: Interval) -> Estimate:
    """Return a figure with its interval."""
    low = rounded(interval.low)
    high = rounded(interval.high)
    return Estimate(value=rounded(interval.value), low=low, high=high)


def with_p_values(differences: Methods, replicates: np.ndarray) -> Methods:
    """Return differences with p-values, adjusted for all of them; `replicates` [R, S] in their order."""
    chances = two_sided_p(replicates)
    adjusted = iter(holm(chances))
    raw = iter(chances)
    return {
        method: {
            name: estimate.model_copy(update={"p": rounded(next(raw)), "p_adjusted": rounded(next(adjusted))})
            for name, estimate in estimates.items()
        }
        for method, estimates in differences.items()
    }


@dataclass(frozen=True)
class Resampled:
    """A figure with its bootstrap replicates [R]."""

    value: float
    replicates: np.ndarray

    def __sub__(self, other: "Resampled") -> "Resampled":
        """Return the difference; a paired one where both were resampled alike."""
        return Resampled(self.value - other.value, self.replicates - other.replicates)


def intervals(figures: dict[str, Resampled], confidence: float) -> Estimates:
    """Return figures with the central `confidence` share of their replicates."""
    return {
        name: estimated(percentile_interval(figure.value, figure.replicates, confidence))
        for name, figure in figures.items()
    }


def tested(gaps: dict[str, dict[str, Resampled]], confidence: float) -> tuple[Methods, int]:
    """Return differences with intervals and p-values, and how many comparisons these are adjusted for."""
    replicates = [gap.replicates for figures in gaps.values() for gap in figures.values()]
    differences = {method: intervals(figures, confidence) for method, figures in gaps.items()}
    if not replicates:
        return differences, 0
    return with_p_values(differences, np.column_stack(replicates)), len(replicates)


def ranking_figures(
    ranks: dict[str, np.ndarray],
    cutoffs: tuple[int, ...],
    config: EvaluationConfig,
    rng: np.random.Generator,
    model: str = "",
    compared: tuple[str, ...] = (),
) -> tuple[Methods, Methods]:
    """Return HR@k and NDCG@k of every method in `ranks` (name to ranks [N]), and differences to the model.

    The differences say by how much `model` is better than each method in `compared`. All methods share the
    resamples, so that differences are paired; their p-values are adjusted for the number of all differences
    together (Holm).
    """
    metrics = {method: ranking_metrics(values, cutoffs) for method, values in ranks.items()}
    gaps = {
        other: {name: metrics[model][name] - metrics[other][name] for name in metrics[model]}
        for other in compared
    }
    blocks = [arrays for part in (metrics, gaps) for arrays in part.values()]
    matrix = np.column_stack([column for arrays in blocks for column in arrays.values()])
    replicates = resampled_sums(matrix, config.resamples, rng) / len(matrix)
    columns = iter(zip(matrix.T, replicates.T, strict=True))

    def estimates(arrays: dict[str, np.ndarray]) -> Estimates:
        pairs = ((name, *next(columns)) for name in arrays)
        return {
            name: estimated(percentile_interval(values.mean(), resampled, config.confidence))
            for name, values, resampled in pairs
        }

    methods = {method: estimates(arrays) for method, arrays in metrics.items()}
    differences = {method: estimates(arrays) for method, arrays in gaps.items()}
    tested_columns = sum(map(len, gaps.values()))
    return methods, with_p_values(differences, replicates[:, replicates.shape[1] - tested_columns :])
