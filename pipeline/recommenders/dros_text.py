"""SASRec by the recipe of DROS over texts of items in place of trained embeddings, as in MoRec."""

import numpy as np

from pipeline.recommenders.base import BaselineError, Fit, TrainingData
from pipeline.recommenders.parts.dros_fit import dros_fit
from pipeline.recommenders.parts.svd import halves
from pipeline.recommenders.parts.tfidf import tfidf


def text_table(data: TrainingData, width: int) -> np.ndarray:
    """Return TF-IDF of titles and categories in `width` dimensions, each of standard deviation 1 over items.

    Raises BaselineError where no two items' texts share a word.
    """
    try:
        vectors = halves(tfidf(data.texts or []), width).left
    except ValueError as error:
        raise BaselineError(
            f"dros_text needs item metadata, and {error} (title, categories): name the metadata file of "
            "these items in dataset.metadata, or leave the method out of evaluation.baselines"
        ) from None
    spread = vectors.std(axis=0)
    return vectors / np.where(spread > 0, spread, 1)


FIT: Fit = dros_fit("SASRec", text_table)
