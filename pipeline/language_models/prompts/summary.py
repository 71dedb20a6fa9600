"""TRSR: a long history summed up step by step, then asked with (Zheng et al., 2024)."""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought, listed, split, yes_or_no

STEP = 5
"""Items that are summed up at a time."""
WORDS = 48
"""Most tokens of a summary."""


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score each candidate by how much likelier "Yes" is than "No", after summary and newest items."""
    prompts = []
    for case, text in zip(cases, summaries(model, cases), strict=True):
        newest = bought(Case(case.history[-STEP:], ()))
        prompts += [
            f'What a user likes: {text}\n{newest} Will the user enjoy "{title}"? Answer Yes or No.\nAnswer:'
            for title in case.candidates
        ]
    return split(yes_or_no(model, prompts), cases)


def summaries(model: LanguageModel, cases: Sequence[Case]) -> list[str]:
    """Return each user's summary: of the first items, then of itself and those that follow."""
    found = ["nothing is known yet"] * len(cases)
    for start in range(0, max(len(case.history) for case in cases), STEP):
        open_cases = [row for row, case in enumerate(cases) if start < len(case.history)]
        prompts = [
            f"What a user likes: {found[row]}\nThe user then bought "
            f"{listed(cases[row].history[start : start + STEP])}.\nWhat the user likes now, in one sentence:"
            for row in open_cases
        ]
        for row, text in zip(open_cases, model.write(prompts, WORDS), strict=True):
            found[row] = text or found[row]
    return found
