"""The T5 under the prompts."""

from typing import Any

import torch
from transformers import T5Config, T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5Attention

from pipeline.backbones.config import ModelConfig
from pipeline.backbones.pretrained import check_pretrained

SCRATCH = "scratch"


def build_backbone(
    config: ModelConfig, vocabulary: int, pad: int, eos: int, attention: str = "sdpa"
) -> T5ForConditionalGeneration:
    """Return a T5 of the configured sizes with fresh weights, or a pretrained one.

    `attention` is the name of an implementation that transformers knows (`training_attention`). Fresh weights
    draw from torch's generator: seed it first. Raises ValueError when a pretrained T5 is neither on this
    machine nor to be downloaded, isn't whole, or doesn't know all tokens of the tokenizer.
    """
    t5 = (
        _scratch(config, vocabulary, pad, eos)
        if config.backbone == SCRATCH
        else _pretrained(config, vocabulary)
    )
    t5.set_attn_implementation(attention)
    for module in t5.modules():
        if isinstance(module, T5Attention):
            module.dropout = config.attention_dropout
    return t5


def _scratch(config: ModelConfig, vocabulary: int, pad: int, eos: int) -> T5ForConditionalGeneration:
    t5 = T5ForConditionalGeneration(
        T5Config(
            vocab_size=vocabulary,
            d_model=config.d_model,
            d_ff=config.d_ff,
            d_kv=config.d_kv,
            num_heads=config.heads,
            num_layers=config.layers,
            dropout_rate=config.dropout,
            pad_token_id=pad,
            eos_token_id=eos,
            decoder_start_token_id=pad,  # type: ignore[call-arg]
        )
    )
    # T5 draws token embeddings at scale 1, for Adafactor, whose steps grow with the weights. AdamW's don't:
    # from scratch, smaller embeddings learn far sooner (docs/decisions/0003-learning-from-scratch.md).
    with torch.no_grad():
        t5.shared.weight.mul_(config.embedding_scale)
    return t5


def _pretrained(config: ModelConfig, vocabulary: int) -> T5ForConditionalGeneration:
    check_pretrained(config.backbone)
    try:
        # With its report, which its types don't know of.
        found: Any = T5ForConditionalGeneration.from_pretrained(
            config.backbone,
            dropout_rate=config.dropout,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    except (OSError, ValueError) as error:
        cause = (str(error) or type(error).__name__).splitlines()[0]
        raise ValueError(
            f"model.backbone {config.backbone!r}: no T5 found here or on the Hugging Face hub. Give the path "
            f"of a downloaded T5 folder, go online once, or use model.backbone: scratch ({cause})"
        ) from None
    t5, loaded = found
    # transformers draws fresh weights for these, and goes on.
    absent = sorted({*loaded["missing_keys"], *(key for key, *_ in loaded["mismatched_keys"])})
    if absent:
        raise ValueError(
            f"model.backbone {config.backbone!r}: its weights lack {len(absent)} tensors of the sizes that "
            f"config.json says ({absent[0]} is the first): take both from the same T5"
        )
    if t5.config.vocab_size < vocabulary:
        raise ValueError(
            f"model.backbone {config.backbone!r} has {t5.config.vocab_size} token embeddings, the tokenizer "
            f"{vocabulary} tokens: take the tokenizer of the same T5"
        )
    return t5
