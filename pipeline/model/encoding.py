"""A batch encoded, ready to be decoded."""

from pipeline.backbones.t5.cpu.packed_encoding import encode_packed
from pipeline.backbones.t5.decoding_state import IncrementalDecoder
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batches import Batch


def encoded(model: PeaPOD, batch: Batch) -> IncrementalDecoder:
    """Encode a batch, on the CPU without its padding, and return what decodes it."""
    if batch.tokens.device.type == "cpu":
        embeddings, mask = model.embed(batch)
        return IncrementalDecoder(model.t5, encode_packed(model.t5, embeddings, mask), mask)
    return IncrementalDecoder(model.t5, *model.encode(batch))
