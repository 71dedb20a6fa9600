"""Vectors of items that are clustered to codes: of their texts, of the company that they keep, or both."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.embeddings.unit import unit_rows
from pipeline.identifiers.base import IdentifiersError, Sources
from pipeline.identifiers.config import CodesConfig
from pipeline.recommenders.parts.cooccurrence import cooccurrence_vectors

if TYPE_CHECKING:
    from pipeline.embeddings.texts import TextSpace


class ItemVectors(NamedTuple):
    """What is clustered.

    Attributes:
        values: float32 [I, D]: those of texts, and behind them those of train histories.
        space: what made those of texts; None where there are none.
    """

    values: np.ndarray
    space: "TextSpace | None"


def item_vectors(sources: Sources, method: str, config: CodesConfig) -> ItemVectors:
    """Return the vectors that are clustered; each kind has rows of length 1, or of zeros.

    Raises IdentifiersError, which names the section of `method`, where vectors of texts are asked for and the
    items have none.
    """
    kinds = []
    space = None
    if config.vectors != "cooccurrence":
        found, space = _text_vectors(sources, method, config.width)
        kinds.append(found)
    if config.vectors != "text":
        items = sources.histories.item_count
        kinds.append(unit_rows(cooccurrence_vectors(sources.histories.of_train(), items, config.width)))
    return ItemVectors(np.concatenate(kinds, axis=1), space)


def _text_vectors(sources: Sources, method: str, width: int) -> "tuple[np.ndarray, TextSpace]":
    # Imports torch, which takes seconds: for these schemes alone.
    from pipeline.embeddings.texts import TextVectorsError, text_vectors

    texts = sources.texts()
    try:
        with sources.engines(1) as engine:
            return text_vectors(texts, width, engine)
    except TextVectorsError as error:
        raise IdentifiersError(f"{error}; or set identifiers.{method}.vectors to cooccurrence") from None
