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


def standardize(vectors: torch.Tensor) -> torch.Tensor:
    """Shift and scale user embeddings [N, U] to mean 0 and, over all entries, standard deviation 1.

    Factorizations give small vectors with a large common part, which a fresh projection hardly tells apart.
    Ours: the paper feeds them as they are.
    """
    centred = vectors - vectors.mean(0)
    return centred / centred.std().clamp_min(torch.finfo(vectors.dtype).tiny)


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
    context: UserContext | None = None
    if prompts.collaborative != "none":
        context = UserContext(vectors, neighbours, prompts.user_dropout)
    if prompts.collaborative == "attention":
        collaborative = AttentionPrompt(vectors.shape[1], width, prompts.heads, prompts.length)
    elif prompts.collaborative == "mlp":
        collaborative = MlpPrompt(vectors.shape[1], width, prompts.length)
    return PeaPOD(
        t5,
        whole_words,
        # At the scale of the T5's own token embeddings, beside which it stands.
        TaskPrompt(prompts.task_length, width, float(t5.shared.weight.detach().std()))
        if prompts.task
        else None,
        collaborative,
        context,
    )
