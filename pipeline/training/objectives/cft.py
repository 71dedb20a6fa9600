"""CFT: also learn what user and items change (Zhang et al., 2024, causality-enhanced behaviour sequences).

The logits after the whole prompt less those after the prompt without user and items are to predict the answer
by themselves. The collaborative prompt, which the paper doesn't have, stays in both.
"""

import torch
from torch.nn.functional import cross_entropy

from pipeline.training.objectives.base import Catalogue, Objective, Predicted, Steps
from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.position import falling
from pipeline.training.objectives.weights import scaled, weighted, weights_at


def make(catalogue: Catalogue, settings: ObjectiveConfig) -> Objective:
    """Add `settings.effect` x the loss of the difference to that of position weights."""
    falls = falling(catalogue, settings.last)
    plain = weighted(catalogue, falls)
    weights = scaled(catalogue, falls)

    def loss(said: Predicted, steps: Steps) -> torch.Tensor:
        if said.blind is None:
            raise ValueError("the model's states without user and items are wanted")
        changed = ((said.states - said.blind) @ said.projection.T).float()
        effects = cross_entropy(changed, said.targets, reduction="none")
        own = (effects * weights_at(weights, steps)).sum()
        return plain.loss(said, steps) + settings.effect * own

    return Objective(loss, blind=True)
