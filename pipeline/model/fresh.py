"""A model at the start of its training."""

import torch

from pipeline.backbones.config import ModelConfig
from pipeline.backbones.t5.build import build_backbone
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
    """Return PeaPOD over a T5 for `tokenizer`, user embeddings [N, U] and similar users [N, n]."""
    t5 = build_backbone(config, len(tokenizer), tokenizer.pad, tokenizer.eos)
    return assemble(t5, prompts, standardize(users) if prompts.standardize else users, similar)
