"""Figures as statistics of sums over rows, which can be added up by user before they are resampled."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.ranking import ranking_metrics

Statistic = Callable[[np.ndarray], np.ndarray]
"""Sums [..., S] to figures [...]."""


@dataclass(frozen=True)
class SufficientStatistics:
    """A method's test rows as columns to be summed.

    Attributes:
        columns: what is summed, a row a user or a (user, item) pair, float64 [N, S].
        metrics: each metric as a statistic of the sums of `columns`, by name.
    """

    columns: np.ndarray
    metrics: dict[str, Statistic]

    def by_user(self, owners: np.ndarray, users: int) -> "SufficientStatistics":
        """Add up the rows of each user, `owners` [N]: a row a user from 0, zeros for those without."""
        columns = np.zeros((users, self.columns.shape[1]))
        np.add.at(columns, owners, self.columns)
        return SufficientStatistics(columns, self.metrics)

    def only(self, names: tuple[str, ...]) -> "SufficientStatistics":
        """Return the metrics called `names`, in that order; those that there aren't are left out."""
        return SufficientStatistics(
            self.columns, {name: self.metrics[name] for name in names if name in self.metrics}
        )


def ratio(numerator: int, denominator: int) -> Statistic:
    """Return one column's sum over another's, 0 where there is nothing to divide by."""
    return lambda sums: sums[..., numerator] / np.maximum(sums[..., denominator], 1.0)


def ranking_statistics(cutoffs: tuple[int, ...]) -> dict[str, Statistic]:
    """Return HR@k and NDCG@k as statistics of the sums of `ranking_sums`' columns."""
    names = list(ranking_metrics(np.empty(0), cutoffs))
    return {name: ratio(column, len(names)) for column, name in enumerate(names)}


def ranking_sums(ranks: np.ndarray, cutoffs: tuple[int, ...]) -> SufficientStatistics:
    """Return HR@k and NDCG@k of `ranks` [N] as sums over users, the last column counting them."""
    metrics = ranking_metrics(ranks, cutoffs)
    columns = np.column_stack([*metrics.values(), np.ones(len(ranks))])
    return SufficientStatistics(columns, ranking_statistics(cutoffs))
