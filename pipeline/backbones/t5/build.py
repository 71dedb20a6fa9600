"""A T5 of the configured sizes, a pretrained one, or one that was saved."""

from typing import Any

import torch
from transformers import T5Config, T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5Attention

from pipeline.backbones.config import ModelConfig
from pipeline.backbones.loading import load_whole
from pipeline.backbones.t5.backbone import T5Backbone


def fresh(config: ModelConfig, vocabulary: int, pad: int, eos: int) -> T5Backbone:
    """Return a T5 of the configured sizes; weights draw from torch's generator: seed it first."""
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
    return _set(t5, config)


def pretrained(config: ModelConfig) -> T5Backbone:
    """Return the T5 that `config.backbone` names; ValueError as from `load_whole`, and for adapters."""
    if config.lora.rank:
        raise ValueError(
            f"model.lora.rank ({config.lora.rank}): adapters are for causal models alone; 0 wanted"
        )
    t5 = load_whole(T5ForConditionalGeneration, config.backbone, dropout_rate=config.dropout)
    return _set(t5, config)


def restored(description: dict[str, Any]) -> T5Backbone:
    """Return a T5 for the weights of the one that had this description."""
    t5 = T5ForConditionalGeneration(T5Config(**description["config"]))
    # T5Config derives this from another key and loses it on the way through a dict.
    t5.config.scale_decoder_outputs = description["config"]["scale_decoder_outputs"]
    return T5Backbone(t5)


def _set(t5: T5ForConditionalGeneration, config: ModelConfig) -> T5Backbone:
    for module in t5.modules():
        if isinstance(module, T5Attention):
            module.dropout = config.attention_dropout
    return T5Backbone(t5)
