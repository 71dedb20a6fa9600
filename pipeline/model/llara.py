"""LLaRA put together: a language model whose prompts have vectors of a recommender in their slots."""

from collections.abc import Mapping
from typing import Literal

import torch

from pipeline.backbones.base import Backbone
from pipeline.model.parts.base import Part
from pipeline.model.parts.behaviour import Behaviour, make_projector, standardize_items
from pipeline.model.peapod import PeaPOD


def assemble_llara(
    backbone: Backbone,
    vectors: torch.Tensor,
    projector: Literal["linear", "two_layer"] = "two_layer",
    standardized: bool = True,
    prompts: Mapping[str, Part] | None = None,
) -> PeaPOD:
    """Put LLaRA together around a backbone.

    Args:
        backbone: the language model, with adapters or without.
        vectors: of the items, float [I, W]; zeros for an item without.
        projector: one linear layer, or LLaRA's two.
        standardized: vectors to mean 0 and standard deviation 1 first; false: as they are, as in LLaRA.
        prompts: PeaPOD's, in front of the text, by name.

    New weights draw from torch's generator: seed it first.
    """
    shown = standardize_items(vectors) if standardized else vectors
    part = Behaviour(shown, make_projector(projector, vectors.shape[1], backbone.width))
    return PeaPOD(backbone, None, prompts, {"behaviour": part})
