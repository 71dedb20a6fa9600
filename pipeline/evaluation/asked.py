"""How ways to ask a language model rank the same candidates: figures, paired with one of the ways."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import ranking_figures
from pipeline.evaluation.schema.document import Methods

CUTOFFS = (1, 5, 10)


def compared(
    scores: Mapping[str, Sequence[np.ndarray]], places: np.ndarray, base: str, rng: np.random.Generator
) -> tuple[Methods, Methods]:
    """Return HR@k and NDCG@k by way to ask, and by how much `base` is better than each of the others.

    `scores` has, by way, those of each test's candidates; `places` [N] is where the target stands among them.
    Of candidates that are scored alike the target is in the middle. Tests are resampled together.
    """
    ranks = {way: ranks_of(found, places) for way, found in scores.items()}
    others = tuple(way for way in ranks if way != base)
    return ranking_figures(ranks, CUTOFFS, EvaluationConfig(), rng, model=base, compared=others)


def ranks_of(scores: Sequence[np.ndarray], places: np.ndarray) -> np.ndarray:
    """Return the rank of each test's target from 1 on, half of its equals before it."""
    ranks = []
    for found, place in zip(scores, places, strict=True):
        better = int((found > found[place]).sum())
        alike = int((found == found[place]).sum()) - 1
        ranks.append(1 + better + (alike + 1) // 2)
    return np.array(ranks)
