"""The search on validation: each configuration is fitted, the best by NDCG@10 is kept."""

from dataclasses import dataclass

import numpy as np

from pipeline.recommenders.base import BaselineError, Fit, Fitted, TrainingData, Validation
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.ranking.lists import Ranker
from pipeline.runtime.progress_bar import watched

CUTOFF = 10


@dataclass(frozen=True)
class Trial:
    """A configuration and its NDCG@10 on validation."""

    settings: Settings
    ndcg: float


def search(
    fit: Fit,
    tried: list[Settings],
    data: TrainingData,
    validation: Validation,
    seed: int,
    rng: np.random.Generator,
) -> tuple[Fitted, list[Trial], int]:
    """Fit each configuration and return what the best one learned, all trials and which of them it was.

    The first of equals wins; one that diverges counts as 0. Raises BaselineError where all diverge.
    """
    ties = rng.integers(2**31)
    best: tuple[Fitted, int] | None = None
    trials: list[Trial] = []
    for place, settings in enumerate(watched(tried, "search", "configurations")):
        fitted = fit(data, settings, seed)
        ranker = Ranker(fitted.score, data.counts, np.random.default_rng(ties))
        try:
            ndcg = mean_ndcg(ranker.ranks(validation.users, validation.histories, validation.targets))
        except BaselineError:
            trials.append(Trial(settings, 0.0))
            continue
        trials.append(Trial(settings, ndcg))
        if best is None or ndcg > trials[best[1]].ndcg:
            best = fitted, place
    if best is None:
        raise BaselineError(f"every configuration diverged, {advice(tried[0])}: {tried}")
    return best[0], trials, best[1]


def advice(settings: Settings) -> str:
    """Return what helps a method with these hyper-parameters against scores that are no numbers."""
    if "learning_rate" in settings:
        return "lower its learning_rate in section baselines"
    if "regularization" in settings:
        return "raise its regularization in section baselines"
    return "leave it out of evaluation.baselines"


def mean_ndcg(ranks: np.ndarray) -> float:
    """Return NDCG@10 of ranks [N] from 1, one relevant item a user (section 5.3); 0 for nobody."""
    gains = np.where(ranks <= CUTOFF, 1 / np.log2(ranks + 1), 0.0)
    return float(gains.mean()) if len(ranks) else 0.0
