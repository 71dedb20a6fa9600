"""Vectors of items that are clustered to codes: of their texts, of the company that they keep, or both."""

import numpy as np

from pipeline.embeddings.unit import unit_rows
from pipeline.identifiers.base import IdentifiersError, Sources
from pipeline.identifiers.config import CodesConfig
from pipeline.recommenders.parts.cooccurrence import cooccurrence_vectors


def item_vectors(sources: Sources, method: str, config: CodesConfig) -> np.ndarray:
    """Return the vectors that are clustered, float32 [I, D]; each kind has rows of length 1, or of zeros.

    Raises IdentifiersError, which names the section of `method`, where vectors of texts are asked for and the
    items have none.
    """
    kinds = []
    if config.vectors != "cooccurrence":
        kinds.append(_text_vectors(sources, method, config.width))
    if config.vectors != "text":
        items = sources.histories.item_count
        kinds.append(unit_rows(cooccurrence_vectors(sources.histories.of_train(), items, config.width)))
    return np.concatenate(kinds, axis=1)


def _text_vectors(sources: Sources, method: str, width: int) -> np.ndarray:
    # Imports torch, which takes seconds: for these schemes alone.
    from pipeline.embeddings.texts import TextVectorsError, text_vectors

    texts = sources.texts()
    try:
        with sources.engines(1) as engine:
            return text_vectors(texts, width, engine)
    except TextVectorsError as error:
        raise IdentifiersError(f"{error}; or set identifiers.{method}.vectors to cooccurrence") from None
