"""Point-wise: does the user like this one? As TALLRec asks, without its tuning (Bao et al., 2023)."""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought, split, yes_or_no


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score each candidate by how much likelier "Yes" is than "No"."""
    prompts = [
        f'{bought(case)} Will the user enjoy "{title}"? Answer Yes or No.\nAnswer:'
        for case in cases
        for title in case.candidates
    ]
    return split(yes_or_no(model, prompts), cases)
