"""User and item vectors of a recommender, fitted once on train interactions, or released."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.embeddings.factorization import FactorizationError, Factors, check_finite
from pipeline.params import Section
from pipeline.recommenders.base import BaselineError, Fit, TrainingData
from pipeline.recommenders.hyperparameters import Settings, middle
from pipeline.recommenders.parts.released import read_released, released_rows
from pipeline.recommenders.ranking.tuning import advice
from pipeline.runtime.progress_bar import ProgressBar


def one_configuration(grid: Section, dimensions: int) -> Settings:
    """Return the middle values of a section's lists, and `dimensions` as its `factors` if it has any."""
    settings = middle(grid)
    return settings | ({"factors": dimensions} if "factors" in settings else {})


def recommender_vectors(
    name: str, fit: Fit, data: TrainingData, settings: Settings, dimensions: int, seed: int
) -> Factors:
    """Fit recommender `name` and return its vectors; the same seed gives the same ones, bit by bit.

    `settings` are what `one_configuration` gives for these `dimensions`. Raises FactorizationError where the
    fit diverges, or can't be made of this width.
    """
    try:
        with ProgressBar("recommender", 1, "fits"):
            fitted = fit(data, settings, seed)
    except BaselineError as error:
        raise FactorizationError(
            f"embeddings.method {name}, embeddings.dimensions {dimensions}: {error}"
        ) from None
    if fitted.vectors is None:
        raise FactorizationError(f"embeddings.method {name}: it has no user vectors")
    vectors = fitted.vectors(dimensions)
    # As of a factorization: nothing is known of whom and what train never shows.
    shown = np.array([len(history) > 0 for history in data.histories])
    factors = Factors(
        users=np.where(shown[:, None], vectors.users, np.float32(0)),
        items=np.where(data.counts[:, None] > 0, vectors.items, np.float32(0)),
    )
    check_finite(factors, name, advice(settings))
    return factors


def released_vectors(path: Path, item_ids: Sequence[str], histories: Sequence[np.ndarray]) -> Factors:
    """Return the item vectors of a released recommender; a user's is the mean of their train items, or zeros.

    Raises FactorizationError as `read_released` and `released_rows` do.
    """
    try:
        released = read_released(path)
        items = released.vectors[released_rows(item_ids, released)]
    except BaselineError as error:
        raise FactorizationError(f"embeddings.method released: {error}") from None
    users = np.zeros((len(histories), items.shape[1]), dtype=np.float32)
    for user, history in enumerate(histories):
        if len(history):
            users[user] = items[history].mean(0)
    return Factors(users, items)
