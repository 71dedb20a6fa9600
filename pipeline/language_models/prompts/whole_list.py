"""List-wise: which of these comes next? (Dai et al., 2023.)"""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought, lettered, letters


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score each candidate by the log-probability of its letter."""
    return choose(model, [bought(case) for case in cases], cases)


def choose(model: LanguageModel, before: Sequence[str], cases: Sequence[Case]) -> list[np.ndarray]:
    """Ask which candidate comes next behind what stands `before`; return log-probabilities of letters."""
    prompts = [
        f"{text} Which of these items will the user buy next?\n{lettered(case.candidates)}\nAnswer:"
        for text, case in zip(before, cases, strict=True)
    ]
    return model.score(prompts, [letters(case.candidates) for case in cases])
