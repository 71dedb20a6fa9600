"""Configuration to a model put together from its parts."""

import torch
from torch import nn
from transformers import T5ForConditionalGeneration

from pipeline.model.collaborative_prompt import AttentionPrompt, MlpPrompt
from pipeline.model.peapod import PeaPOD
from pipeline.model.task_prompt import TaskPrompt
from pipeline.model.user_context import UserContext
from pipeline.prompts.config import PromptsConfig

# The authors' code draws the whole-word table uniformly from this interval.
_WHOLE_WORD_RANGE = 0.1


def assemble(
    t5: T5ForConditionalGeneration, prompts: PromptsConfig, vectors: torch.Tensor, neighbours: torch.Tensor
) -> PeaPOD:
    """Put PeaPOD, or the ablation that `prompts` asks for, together around a T5.

    Args:
        t5: the language model.
        prompts: which prompts there are, and their sizes.
        vectors: user embeddings, float [N, U].
        neighbours: indices of each user's similar users, integer [N, n].

    New weights draw from torch's generator: seed it first.
    """
    width = t5.config.d_model
    whole_words = nn.Embedding(prompts.whole_words, width)
    nn.init.uniform_(whole_words.weight, -_WHOLE_WORD_RANGE, _WHOLE_WORD_RANGE)
    collaborative: nn.Module | None = None
    if prompts.collaborative == "attention":
        collaborative = AttentionPrompt(vectors.shape[1], width, prompts.heads, prompts.length)
    elif prompts.collaborative == "mlp":
        collaborative = MlpPrompt(vectors.shape[1], width, prompts.length)
    return PeaPOD(
        t5,
        whole_words,
        TaskPrompt(prompts.task_length, width) if prompts.task else None,
        collaborative,
        UserContext(vectors, neighbours) if collaborative is not None else None,
    )
