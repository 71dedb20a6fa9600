"""A causal language model of the configured sizes, a pretrained one, or one that was saved."""

from dataclasses import dataclass
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from pipeline.backbones.causal.backbone import Base, CausalBackbone
from pipeline.backbones.causal.lora import add_adapters, weights_hash
from pipeline.backbones.config import LoraConfig, ModelConfig
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
            tie_word_embeddings=config.tied,
            initializer_range=config.initializer_range,
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
        if not config.lora.rank:
            return CausalBackbone(llm, config.dropout)
        base = Base(config.backbone, weights_hash(llm), config.lora.model_dump())
        add_adapters(llm, config.lora)
        return CausalBackbone(llm, config.dropout, base)

    def restored(self, description: dict[str, Any]) -> CausalBackbone:
        """Return a model for the weights of the one that had this description.

        Raises ValueError when the base of its adapters isn't there, or has other weights.
        """
        if description["base"] is None:
            return CausalBackbone(self.model(self.config(**description["config"])))
        base = Base(**description["base"])
        llm = load_whole(self.model, base.name)
        found = weights_hash(llm)
        if found != base.sha256:
            raise ValueError(
                f"the adapters stand on {base.name} with weights of SHA-256 {base.sha256[:12]}..., and the "
                f"one there has {found[:12]}...: put the same model there"
            )
        add_adapters(llm, LoraConfig(**base.lora | {"targets": tuple(base.lora["targets"])}))
        backbone = CausalBackbone(llm, base=base)
        vocabulary = description["sizes"]["vocabulary"]
        if vocabulary > llm.config.vocab_size:
            backbone.widen(vocabulary)
        return backbone


ARCHITECTURES = {
    "llama": Architecture(LlamaConfig, LlamaForCausalLM),
}
"""By transformers' `model_type`."""
