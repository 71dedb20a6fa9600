"""A causal language model of the configured sizes, a pretrained one, or one that was saved."""

from dataclasses import dataclass
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from pipeline.backbones.causal.backbone import CausalBackbone
from pipeline.backbones.config import ModelConfig
from pipeline.backbones.loading import load_whole


@dataclass(frozen=True)
class Architecture:
    """An architecture of transformers: its configuration and model classes.

    Any whose layers are `model.layers[i].self_attn` and `.mlp`, and whose configuration has Llama's names.
    """

    config: Any
    model: Any

    def fresh(self, config: ModelConfig, vocabulary: int, pad: int, eos: int) -> CausalBackbone:
        """Return a model of the configured sizes; weights draw from torch's generator: seed it first."""
        sizes = self.config(
            vocab_size=vocabulary,
            hidden_size=config.d_model,
            intermediate_size=config.d_ff,
            head_dim=config.d_kv,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            num_hidden_layers=config.layers,
            attention_dropout=config.attention_dropout,
            tie_word_embeddings=False,
            pad_token_id=pad,
            bos_token_id=None,
            eos_token_id=eos,
        )
        llm = self.model(sizes)
        with torch.no_grad():
            llm.get_input_embeddings().weight.mul_(config.embedding_scale / sizes.initializer_range)
        return CausalBackbone(llm, config.dropout)

    def pretrained(self, config: ModelConfig) -> CausalBackbone:
        """Return the model that `config.backbone` names; raises ValueError as `load_whole` does."""
        llm = load_whole(self.model, config.backbone, attention_dropout=config.attention_dropout)
        return CausalBackbone(llm, config.dropout)

    def restored(self, description: dict[str, Any]) -> CausalBackbone:
        """Return a model for the weights of the one that had this description."""
        return CausalBackbone(self.model(self.config(**description["config"])))


ARCHITECTURES = {
    "llama": Architecture(LlamaConfig, LlamaForCausalLM),
}
"""By transformers' `model_type`."""
