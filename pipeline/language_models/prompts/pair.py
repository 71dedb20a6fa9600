"""Pair-wise: which of two would the user rather have? (Dai et al., 2023.)"""

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought, lettered, letters


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score each candidate by the log-odds that it wins, summed over all pairs in both orders.

    Both orders, since models prefer a place.
    """
    scores = []
    for case in cases:
        pairs = list(permutations(range(len(case.candidates)), 2))
        both = [[case.candidates[one], case.candidates[other]] for one, other in pairs]
        prompts = [
            f"{bought(case)} Which item would the user rather buy?\n{lettered(two)}\nAnswer:" for two in both
        ]
        total = np.zeros(len(case.candidates))
        for (one, other), found in zip(pairs, model.score(prompts, list(map(letters, both))), strict=True):
            total[one] += found[0] - found[1]
            total[other] += found[1] - found[0]
        scores.append(total)
    return scores
