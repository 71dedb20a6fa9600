"""Reads inputs and begins to decode; apart from the backbones, so that training doesn't import it."""

from pipeline.backbones.base import Backbone, Embedded
from pipeline.backbones.causal.backbone import CausalBackbone
from pipeline.backbones.causal.decoding_state import CausalDecodingState
from pipeline.backbones.decoding_state import DecodingState
from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.backbones.t5.decoding_state import T5DecodingState


def begin(backbone: Backbone, inputs: Embedded) -> DecodingState:
    """Return the state of a backbone in evaluation mode that has read the inputs, with one beam for each.

    Raises TypeError for a backbone that nothing here decodes with.
    """
    if isinstance(backbone, T5Backbone):
        return T5DecodingState.begin(backbone, inputs)
    if isinstance(backbone, CausalBackbone):
        return CausalDecodingState(backbone, inputs)
    raise TypeError(f"no decoding with a {type(backbone).__name__}")
