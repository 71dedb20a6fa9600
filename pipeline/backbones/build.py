"""The backbones that there are, and how each is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from transformers import AutoConfig

from pipeline.backbones.base import Backbone
from pipeline.backbones.causal.build import ARCHITECTURES
from pipeline.backbones.config import SIZED, ModelConfig
from pipeline.backbones.folders import check_pretrained, location
from pipeline.backbones.loading import not_found
from pipeline.backbones.t5 import build as t5


@dataclass(frozen=True)
class Maker:
    """How a backbone is made.

    Attributes:
        fresh: from configured sizes, and the vocabulary, padding and end-of-sequence tokens.
        pretrained: by the folder or hub name that is configured.
        restored: by its `description`, for weights that were saved.
    """

    fresh: Callable[[ModelConfig, int, int, int], Backbone]
    pretrained: Callable[[ModelConfig], Backbone]
    restored: Callable[[dict[str, Any]], Backbone]


MAKERS: Mapping[str, Maker] = {
    "t5": Maker(t5.fresh, t5.pretrained, t5.restored),
    **{name: Maker(one.fresh, one.pretrained, one.restored) for name, one in ARCHITECTURES.items()},
}
"""By the name that config.json of a pretrained model calls its `model_type`, as in `config.SIZED`."""


def build_backbone(config: ModelConfig, vocabulary: int, pad: int, eos: int, symbols: int = 0) -> Backbone:
    """Return a backbone of the configured sizes with fresh weights, or a pretrained one.

    Fresh weights draw from torch's generator: seed it first. Raises ValueError when a pretrained model is
    neither on this machine nor to be downloaded, isn't whole, is of an architecture that isn't among
    `MAKERS`, or doesn't know all tokens of the tokenizer but the last `symbols`, which it is to learn.
    """
    name = config.backbone
    if name in SIZED:
        return MAKERS[name].fresh(config, vocabulary, pad, eos)
    check_pretrained(name)
    backbone = MAKERS[_model_type(name)].pretrained(config)
    known = len(backbone.projection)
    own = vocabulary - symbols
    if known < own:
        raise ValueError(
            f"model.backbone {name!r} has {known} token embeddings, the tokenizer {own} tokens: take the "
            "tokenizer of the same model"
        )
    if known < vocabulary:
        backbone.widen(vocabulary)
    return backbone


def restore_backbone(description: dict[str, Any]) -> Backbone:
    """Return a backbone for saved weights; raises KeyError or TypeError where nothing is so described."""
    return MAKERS[description["name"]].restored(description)


def _model_type(name: str) -> str:
    place = location(name)
    try:
        found = str(AutoConfig.from_pretrained(place.source, gguf_file=place.gguf_file).model_type)
    except (OSError, ValueError) as error:
        raise not_found(name, error) from None
    if found not in MAKERS:
        raise ValueError(f"model.backbone {name!r} is a {found}; there are {', '.join(sorted(MAKERS))}")
    return found
