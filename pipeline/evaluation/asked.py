"""How ways to ask a language model rank the same candidates: figures, paired with one of the ways."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.evaluation.estimates import Resampled, intervals
from pipeline.evaluation.schema.document import Methods
from pipeline.evaluation.sufficient_statistics import ranking_sums
from pipeline.evaluation.uncertainty import resampled_sums

CUTOFFS = (1, 5, 10)
RESAMPLES = 10_000
CONFIDENCE = 0.95


def compared(
    scores: Mapping[str, Sequence[np.ndarray]], places: np.ndarray, base: str, rng: np.random.Generator
) -> tuple[Methods, Methods]:
    """Return HR@k and NDCG@k by way to ask, and by how much `base` is better than each of the others.

    `scores` has, by way, those of each test's candidates; `places` [N] is where the target stands among them.
    Of candidates that are scored alike the target is in the middle. Tests are resampled together.
    """
    sums = {way: ranking_sums(ranks_of(found, places), CUTOFFS) for way, found in scores.items()}
    drawn = resampled_sums(np.concatenate([one.columns for one in sums.values()], axis=1), RESAMPLES, rng)
    ends = np.cumsum([one.columns.shape[1] for one in sums.values()])[:-1]
    figures = {
        way: {
            name: Resampled(float(statistic(one.columns.sum(axis=0))), statistic(replicates))
            for name, statistic in one.metrics.items()
        }
        for (way, one), replicates in zip(sums.items(), np.split(drawn, ends, axis=1), strict=True)
    }
    gaps = {
        way: {name: figures[base][name] - figure for name, figure in found.items()}
        for way, found in figures.items()
        if way != base
    }
    estimates = {way: intervals(found, CONFIDENCE) for way, found in figures.items()}
    return estimates, {way: intervals(found, CONFIDENCE) for way, found in gaps.items()}


def ranks_of(scores: Sequence[np.ndarray], places: np.ndarray) -> np.ndarray:
    """Return the rank of each test's target from 1 on, half of its equals before it."""
    ranks = []
    for found, place in zip(scores, places, strict=True):
        better = int((found > found[place]).sum())
        alike = int((found == found[place]).sum()) - 1
        ranks.append(1 + better + (alike + 1) // 2)
    return np.array(ranks)
