"""What the recipe of DROS makes of the train histories, as a recommender."""

from collections.abc import Callable

import numpy as np

from pipeline.data.next_items import NextItems, every_item, joined
from pipeline.recommenders.base import Fit, Fitted, TrainingData, Validation, Vectors, history_matrix
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.dros_training import DrosSettings, train_dros
from pipeline.recommenders.parts.released import LENGTH, scorer

Table = Callable[[TrainingData, int], np.ndarray]
"""From the data and D to what items are read as, float32 [I, D], which isn't trained."""


def dros_fit(name: str, table: Table | None = None) -> Fit:
    """Return what trains `name` of BUILDERS, with a table of its own or the one that `table` gives."""

    def fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
        config = DrosSettings(**settings)
        given = None if table is None else table(data, config.factors)
        examples = every_item(joined(data.histories), LENGTH)
        held_out = data.validation or Validation(np.empty(0), [], np.empty(0, dtype=np.int32))
        looks = NextItems(joined(held_out.histories), held_out.targets, held_out.users)
        model, _ = train_dros(name, examples, looks, data.items, config, seed, given)
        items = model.item_embeddings.weight[:-1].detach().numpy()
        return Fitted(scorer(model), lambda width: Vectors(mean_items(data.histories, items), items), items)

    return fit


def mean_items(histories: list[np.ndarray], vectors: np.ndarray) -> np.ndarray:
    """Return the mean of each user's items' vectors, float32 [N, D]; zeros without any."""
    owned = history_matrix(histories, len(vectors))
    lengths = np.maximum(np.asarray(owned.sum(axis=1)), 1)
    return np.asarray(owned @ vectors / lengths, dtype=np.float32)
