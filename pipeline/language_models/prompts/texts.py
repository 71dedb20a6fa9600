"""Recformer's way to score: history and items as texts, encoded, and compared (Li et al., 2023).

Its Longformer, trained on seven categories, is the user's to bring; any model that is named takes its place.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score each candidate by the cosine of its text and the text of the history, newest item first."""
    users = unit(model.embed([" ".join(map(attribute, reversed(case.history))) for case in cases]))
    titles = list(dict.fromkeys(title for case in cases for title in case.candidates))
    vectors = dict(zip(titles, unit(model.embed(list(map(attribute, titles)))), strict=True))
    return [
        np.array([float(vectors[title] @ user) for title in case.candidates])
        for case, user in zip(cases, users, strict=True)
    ]


def attribute(title: str) -> str:
    """Return an item as key and value."""
    return f"Title: {title}"


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors [N, D] of length 1, zeros as they are, float64."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float64)
