"""Configuration to a model put together from its parts."""

from typing import NamedTuple

import torch
from torch import nn

from pipeline.backbones.base import Backbone
from pipeline.model.parts.base import Part
from pipeline.model.parts.behaviour import Behaviour, make_projector
from pipeline.model.parts.collaborative import AttentionPrompt, CollaborativePrompt, MlpPrompt
from pipeline.model.parts.task import TaskPrompt
from pipeline.model.parts.user_context import UserContext
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.registry import tasks_named

# The authors' code draws the whole-word table uniformly from this interval.
_WHOLE_WORD_RANGE = 0.1


class Standardization(NamedTuple):
    """What brings user embeddings to mean 0 and, over all entries, standard deviation 1.

    Factorizations give small vectors with a large common part, which a fresh projection hardly tells apart.
    Ours: the paper feeds them as they are.

    Attributes:
        mean: float [U].
        deviation: above 0, float [].
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    @classmethod
    def of(cls, vectors: torch.Tensor) -> "Standardization":
        """Return that of user embeddings, [N, U]."""
        mean = vectors.mean(0)
        return cls(mean, (vectors - mean).std().clamp_min(torch.finfo(vectors.dtype).tiny))

    def __call__(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return embeddings, [..., U], shifted and scaled."""
        return (vectors - self.mean) / self.deviation


def assemble(
    backbone: Backbone,
    prompts: PromptsConfig,
    vectors: torch.Tensor,
    neighbours: torch.Tensor,
    items: torch.Tensor | None = None,
) -> PeaPOD:
    """Put PeaPOD, or LLaRA, or the ablation that `prompts` asks for, together around a backbone.

    Args:
        backbone: the language model.
        prompts: which prompts there are, and their sizes.
        vectors: user embeddings, float [N, U].
        neighbours: indices of each user's similar users, integer [N, n].
        items: vectors of the items, float [I, W], zeros for one without; wanted where prompts show them.

    New weights draw from torch's generator: seed it first.
    """
    tasks = tasks_named(prompts.tasks)
    whole_words = None
    # No token of LLaRA's prompts has a row.
    if set(tasks) != {CHOICE}:
        whole_words = nn.Embedding(prompts.whole_words, backbone.width)
        nn.init.uniform_(whole_words.weight, -_WHOLE_WORD_RANGE, _WHOLE_WORD_RANGE)
    collaborative = _collaborative_prompt(backbone.width, prompts, vectors, neighbours)
    parts: dict[str, Part] = {}
    if prompts.task:
        # At the scale of the backbone's own token embeddings, beside which it stands.
        scale = float(backbone.embedding.detach().std())
        parts["task"] = TaskPrompt(tasks, prompts.task_length, backbone.width, scale)
    if collaborative is not None:
        parts["collaborative"] = collaborative
    fillers: dict[str, Part] = {}
    if items is not None and prompts.show_vectors:
        projector = make_projector(prompts.projector, items.shape[1], backbone.width)
        fillers["behaviour"] = Behaviour(items, projector)
    return PeaPOD(backbone, whole_words, parts, fillers)


def _collaborative_prompt(
    width: int, prompts: PromptsConfig, vectors: torch.Tensor, neighbours: torch.Tensor
) -> CollaborativePrompt | None:
    prompt: AttentionPrompt | MlpPrompt
    if prompts.collaborative == "attention":
        prompt = AttentionPrompt(vectors.shape[1], width, prompts.heads, prompts.length)
    elif prompts.collaborative == "mlp":
        prompt = MlpPrompt(vectors.shape[1], width, prompts.length)
    else:
        return None
    context = UserContext(vectors, neighbours, prompts.user_dropout, prompts.trained_users)
    return CollaborativePrompt(context, prompt)


def user_context_of(model: PeaPOD) -> UserContext | None:
    """Return the tables of users behind the collaborative prompt, None where it has none."""
    prompt = dict(model.prompts).get("collaborative")
    return prompt.context if isinstance(prompt, CollaborativePrompt) else None
