"""LIBER: a long history in parts, each summed up on its own and kept (Zhu et al., 2024)."""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought, listed
from pipeline.language_models.prompts.whole_list import choose

PART = 5
"""Items of a part."""
WORDS = 32
"""Most tokens of a part's summary."""


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score by letters, behind what each part of the history says; parts that users share are asked once."""
    parts = [
        [case.history[start : start + PART] for start in range(0, len(case.history), PART)] for case in cases
    ]
    every = list(dict.fromkeys(part for own in parts for part in own))
    asked = [f"A user bought {listed(part)}. What interests the user, in one sentence:" for part in every]
    told = dict(zip(every, model.write(asked, WORDS), strict=True))
    before = [
        " ".join([*(f"Earlier: {told[part]}" for part in own[:-1]), bought(Case(own[-1], ()))])
        for own in parts
    ]
    return choose(model, before, cases)
