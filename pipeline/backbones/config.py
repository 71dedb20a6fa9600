"""Section `model` of params.yaml."""

from typing import Literal

from pydantic import Field

from pipeline.params import Section

CAUSAL = ("llama",)
"""Decoders alone that can be built from sizes (`pipeline.backbones.causal.build.ARCHITECTURES`)."""

SIZED = (*CAUSAL, "t5")
"""Backbones that can be built from sizes (`pipeline.backbones.build.MAKERS`)."""


class LoraConfig(Section):
    """Low-rank adapters on a pretrained causal model, the rest of which stays as it is."""

    rank: int = Field(default=0, ge=0)
    """Rank of the adapters; 0: none, every weight is trained."""

    alpha: int = Field(default=32, ge=1)
    """Adapters are scaled by alpha / rank."""

    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout in front of the adapters."""

    targets: tuple[str, ...] = Field(
        default=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"), min_length=1
    )
    """Names of the linear layers that get one."""


class ModelConfig(Section):
    """Built from the sizes below, or pretrained."""

    backbone: str = Field(default="t5", min_length=1)
    """t5 or llama, or a pretrained T5 or Llama by name or path.

    t5 (encoder and decoder) and llama (decoder alone) are built from the sizes below. A name is one of the
    Hugging Face hub (google-t5/t5-small), a path a folder or a GGUF file.
    """

    d_model: int = Field(default=64, ge=8)
    """Width of tokens and layers."""

    d_ff: int = Field(default=256, ge=8)
    """Width of the feed-forward layers."""

    d_kv: int = Field(default=16, ge=4)
    """Width of a head."""

    heads: int = Field(default=4, ge=1)
    """Heads of each attention."""

    layers: int = Field(default=2, ge=1)
    """Layers; of a t5 in the encoder, and as many in the decoder."""

    tied: bool = False
    """Whether a llama's output projection is its token embeddings; a t5's always is."""

    embedding_scale: float = Field(default=1.0, gt=0)
    """Standard deviation of fresh token embeddings.

    T5's own is 1, which AdamW takes long to move.
    """

    initializer_range: float = Field(default=0.02, gt=0)
    """Standard deviation of a llama's fresh layers: 0.02 is that of widths of thousands.

    A small one learns sooner from d_model ** -0.5 (docs/llara.md).
    """

    item_tokens: Literal["fresh", "vectors"] = "fresh"
    """Where tokens of items' own (atomic, codes) start: drawn, or at item vectors of section `embeddings`.

    A code's token starts at the mean of the items that share it.
    """

    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Dropout of embeddings and layers."""

    attention_dropout: float = Field(default=0.0, ge=0, lt=1)
    """Dropout on attention weights; on a CPU it costs more than all the rest.

    T5 takes the same as elsewhere.
    """

    lora: LoraConfig = LoraConfig()
    """Adapters on a pretrained causal model, whose own weights stay as they are."""
