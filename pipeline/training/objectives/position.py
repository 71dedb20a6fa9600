"""Position weights: the first tokens of an answer decide most, and weigh most (Zhang et al., 2024, CFT)."""

import torch

from pipeline.training.objectives.base import Catalogue, Objective
from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.weights import lengths, weighted


def make(catalogue: Catalogue, settings: ObjectiveConfig) -> Objective:
    """Weigh an answer's tokens from 1, the first, down to `settings.last` in equal steps."""
    return weighted(catalogue, falling(catalogue, settings.last))


def falling(catalogue: Catalogue, last: float) -> torch.Tensor:
    """Return weights from 1 down to `last` along each answer, float [I, longest]."""
    before_last = (lengths(catalogue) - 1).clamp(min=1)
    places = torch.arange(catalogue.trie.paths.shape[1], device=before_last.device)
    return 1 - (1 - last) * (places / before_last[:, None]).clamp(max=1)
