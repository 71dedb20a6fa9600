"""Figures with intervals, as they stand in the metrics files."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.ranking import ranking_metrics
from pipeline.evaluation.significance import holm, two_sided_p
from pipeline.evaluation.uncertainty import Interval, percentile_interval, resampled_sums

Figure = dict[str, float]
"""`value` and, where it was resampled, `low` and `high`; of a difference also `p` and `p_adjusted`."""

DIGITS = 6
"""Decimals kept, so that the files don't change with the order of a sum."""


def rounded(value: float) -> float:
    """Return `value` with DIGITS decimals, never a negative zero."""
    return round(float(value), DIGITS) + 0.0


def exact(value: float) -> Figure:
    """Return a figure without an interval: an expectation, or a share that resampling would distort."""
    return {"value": rounded(value)}


def estimated(interval: Interval) -> Figure:
    """Return a figure with its interval."""
    return {"value": rounded(interval.value), "low": rounded(interval.low), "high": rounded(interval.high)}


@dataclass(frozen=True)
class Resampled:
    """A figure with its bootstrap replicates [R]."""

    value: float
    replicates: np.ndarray

    def __sub__(self, other: "Resampled") -> "Resampled":
        """Return the difference; a paired one where both were resampled alike."""
        return Resampled(self.value - other.value, self.replicates - other.replicates)


def intervals(figures: dict[str, Resampled], confidence: float) -> dict[str, Figure]:
    """Return figures with the central `confidence` share of their replicates."""
    return {
        name: estimated(percentile_interval(figure.value, figure.replicates, confidence))
        for name, figure in figures.items()
    }


def tested(gaps: dict[str, dict[str, Resampled]], confidence: float) -> dict[str, Any]:
    """Return differences with intervals and p-values, and how many comparisons these are adjusted for."""
    replicates = [gap.replicates for figures in gaps.values() for gap in figures.values()]
    document: dict[str, Any] = {method: intervals(figures, confidence) for method, figures in gaps.items()}
    entries = [figure for figures in document.values() for figure in figures.values()]
    chances = two_sided_p(np.column_stack(replicates)) if replicates else np.empty(0)
    for entry, raw, adjusted in zip(entries, chances, holm(chances), strict=True):
        entry |= {"p": rounded(raw), "p_adjusted": rounded(adjusted)}
    return document | {"comparisons": len(entries)}


def ranking_figures(
    ranks: dict[str, np.ndarray],
    cutoffs: tuple[int, ...],
    config: EvaluationConfig,
    rng: np.random.Generator,
    model: str = "",
    compared: tuple[str, ...] = (),
) -> dict[str, dict[str, Figure]]:
    """Return HR@k and NDCG@k of every method in `ranks` (name to ranks [N]), by method and metric.

    For each method in `compared` an entry `difference_to_METHOD` says by how much `model` is better. All
    methods share the resamples, so that differences are paired; their p-values are adjusted for the number
    of all differences together (Holm).
    """
    metrics = {method: ranking_metrics(values, cutoffs) for method, values in ranks.items()}
    for other in compared:
        metrics[f"difference_to_{other}"] = {
            name: metrics[model][name] - metrics[other][name] for name in metrics[model]
        }
    columns = [(method, name) for method, arrays in metrics.items() for name in arrays]
    matrix = np.column_stack([metrics[method][name] for method, name in columns])
    replicates = resampled_sums(matrix, config.resamples, rng) / len(matrix)
    figures: dict[str, dict[str, Figure]] = {method: {} for method in metrics}
    for column, (method, name) in enumerate(columns):
        mean = matrix[:, column].mean()
        interval = percentile_interval(mean, replicates[:, column], config.confidence)
        figures[method][name] = estimated(interval)
    gaps = [column for column, (method, _) in enumerate(columns) if method not in ranks]
    chances = two_sided_p(replicates[:, gaps])
    for column, raw, adjusted in zip(gaps, chances, holm(chances), strict=True):
        method, name = columns[column]
        figures[method][name] |= {"p": rounded(raw), "p_adjusted": rounded(adjusted)}
    return figures
