"""A model at the start of its training."""

import torch

from pipeline.backbones.build import build_backbone
from pipeline.backbones.config import ModelConfig
from pipeline.model.assembly import assemble, standardize
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.tokenizer import PromptTokenizer


def fresh_model(
    config: ModelConfig,
    prompts: PromptsConfig,
    tokenizer: PromptTokenizer,
    users: torch.Tensor,
    similar: torch.Tensor,
) -> PeaPOD:
    """Return PeaPOD over a backbone for `tokenizer`, user embeddings [N, U] and similar users [N, n]."""
    backbone = build_backbone(config, len(tokenizer), tokenizer.pad, tokenizer.eos, tokenizer.symbols)
    return assemble(backbone, prompts, standardize(users) if prompts.standardize else users, similar)
