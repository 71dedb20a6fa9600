"""A model at the start of its training."""

import torch

from pipeline.backbones.build import build_backbone
from pipeline.backbones.config import ModelConfig
from pipeline.model.assembly import Standardization, assemble
from pipeline.model.parts.behaviour import standardize_items
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.tokenizer import PromptTokenizer


def fresh_model(
    config: ModelConfig,
    prompts: PromptsConfig,
    tokenizer: PromptTokenizer,
    users: torch.Tensor,
    similar: torch.Tensor,
    items: torch.Tensor,
) -> PeaPOD:
    """Return a model over a backbone for `tokenizer`.

    Args:
        config: section `model`.
        prompts: section `prompts`.
        tokenizer: of what the backbone reads and writes.
        users: user embeddings, float [N, U].
        similar: similar users, integer [N, n].
        items: item vectors, float [I, W].
    """
    backbone = build_backbone(config, len(tokenizer), tokenizer.pad, tokenizer.eos, tokenizer.symbols)
    if prompts.standardize:
        users = Standardization.of(users)(users)
        items = standardize_items(items)
    return assemble(backbone, prompts, users, similar, items)
