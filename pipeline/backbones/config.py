"""Section `model` of params.yaml."""

from pydantic import Field

from pipeline.params import Section

CAUSAL = ("llama",)
"""Decoders alone that can be built from sizes (`pipeline.backbones.causal.build.ARCHITECTURES`)."""

SIZED = (*CAUSAL, "t5")
"""Backbones that can be built from sizes (`pipeline.backbones.build.MAKERS`)."""


class LoraConfig(Section):
    """Low-rank adapters on a pretrained causal model, the rest of which stays as it is.

    Attributes:
        rank: of the adapters; 0: none, every weight is trained.
        alpha: adapters are scaled by alpha / rank.
        targets: names of the linear layers that get one.
    """

    rank: int = Field(default=0, ge=0)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    targets: tuple[str, ...] = Field(
        default=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"), min_length=1
    )


class ModelConfig(Section):
    """The language model under the prompts: one of `SIZED`, from sizes, or pretrained, by name or path.

    Attributes:
        tied: whether a causal model's output projection is its table of token embeddings, as a T5's is.
    """

    backbone: str = Field(min_length=1)
    d_model: int = Field(ge=8)
    d_ff: int = Field(ge=8)
    d_kv: int = Field(ge=4)
    heads: int = Field(ge=1)
    layers: int = Field(ge=1)
    tied: bool = False
    embedding_scale: float = Field(gt=0)
    dropout: float = Field(ge=0, lt=1)
    attention_dropout: float = Field(ge=0, lt=1)
    lora: LoraConfig = LoraConfig()
