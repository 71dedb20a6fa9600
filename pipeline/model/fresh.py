"""A model at the start of its training."""

import torch

from pipeline.backbones.build import build_backbone
from pipeline.backbones.config import ModelConfig
from pipeline.model.assembly import Standardization, assemble
from pipeline.model.item_tokens import start_at_vectors
from pipeline.model.parts.behaviour import standardize_items
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import WordTokens


def fresh_model(
    config: ModelConfig,
    prompts: PromptsConfig,
    tokenizer: PromptTokenizer,
    users: torch.Tensor,
    similar: torch.Tensor,
    items: torch.Tensor,
    answers: WordTokens,
) -> PeaPOD:
    """Return a model over a backbone for `tokenizer`.

    Args:
        config: section `model`.
        prompts: section `prompts`.
        tokenizer: of what the backbone reads and writes.
        users: user embeddings, float [N, U].
        similar: similar users, integer [N, n].
        items: item vectors, float [I, W].
        answers: the tokens that name each item [I].
    """
    backbone = build_backbone(config, len(tokenizer), tokenizer.pad, tokenizer.eos, tokenizer.symbols)
    if config.item_tokens == "vectors":
        start_at_vectors(backbone.embedding, answers, len(tokenizer) - tokenizer.symbols, items)
    if prompts.standardize:
        users = Standardization.of(users)(users)
        items = standardize_items(items)
    return assemble(backbone, prompts, users, similar, items)
