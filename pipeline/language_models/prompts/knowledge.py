"""KAR: what the model knows of user and items, written down, encoded and compared (Xi et al., 2024).

KAR feeds the vectors to a recommender that is trained; here their cosine is the score.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought
from pipeline.language_models.prompts.texts import unit

WORDS = 48
"""Most tokens of what is written of a user or an item."""


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score each candidate by the cosine of what is known of it and what the user is said to prefer."""
    asked = [f"{bought(case)} What does the user prefer, and why?\nAnswer:" for case in cases]
    users = unit(model.embed(told(model, asked)))
    titles = list(dict.fromkeys(title for case in cases for title in case.candidates))
    facts = told(model, [f'What is known of the item "{title}"?\nAnswer:' for title in titles])
    vectors = dict(zip(titles, unit(model.embed(facts)), strict=True))
    return [
        np.array([float(vectors[title] @ user) for title in case.candidates])
        for case, user in zip(cases, users, strict=True)
    ]


def told(model: LanguageModel, prompts: Sequence[str]) -> list[str]:
    """Return question and answer of each: an empty answer still has a text."""
    answers = model.write(prompts, WORDS)
    return [f"{prompt} {answer}" for prompt, answer in zip(prompts, answers, strict=True)]
