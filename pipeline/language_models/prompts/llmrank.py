"""LLMRank: the newest item is stressed, and lists are asked in several orders (Hou et al., 2024)."""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought
from pipeline.language_models.prompts.whole_list import choose

ORDERS = 3
"""Orders of the candidates that are asked and averaged, against a model's liking for places."""


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score each candidate by the mean log-probability of its letter over orders."""
    before = [f'{bought(case)} Note that the newest is "{case.history[-1]}".' for case in cases]
    totals = [np.zeros(len(case.candidates)) for case in cases]
    for _ in range(ORDERS):
        orders = [rng.permutation(len(case.candidates)) for case in cases]
        shuffled = [
            Case(case.history, tuple(case.candidates[place] for place in order))
            for case, order in zip(cases, orders, strict=True)
        ]
        for total, order, found in zip(totals, orders, choose(model, before, shuffled), strict=True):
            total[order] += found / ORDERS
    return totals
