"""Flower: probabilities of items in proportion to a reward (Gao et al., 2025), here train interactions.

A node's flow is the sum of the rewards below it. Along an answer, between any two of its nodes, the model's
log-probability is to be the log-ratio of their flows: subtrajectory balance, of which the mean square is
added to the cross-entropy.
"""

import numpy as np
import torch

from pipeline.training.objectives.base import OFF_TREE, Catalogue, Objective, Predicted, Steps
from pipeline.training.objectives.config import ObjectiveConfig

UNSEEN = 0.5
"""Interactions of an item that train doesn't have: none is impossible."""


def make(catalogue: Catalogue, settings: ObjectiveConfig) -> Objective:
    """Add `settings.flow` x the imbalance of each answer, as many times as it has tokens."""
    rewards = np.log(np.maximum(catalogue.counts, UNSEEN))
    trie = catalogue.trie
    flows = trie.conditional(rewards[None])[0].to(trie.token.device)

    def loss(said: Predicted, steps: Steps) -> torch.Tensor:
        losses = said.losses()
        on_tree = steps.edges != OFF_TREE
        excess = torch.where(on_tree, -losses - flows[steps.edges.clamp(min=0)], 0.0)
        along = losses.new_zeros(int(steps.samples.max()) + 1, int(steps.places.max()) + 1)
        along = along.index_put((steps.samples, steps.places), excess)
        tokens = torch.bincount(steps.samples, minlength=len(along))
        return losses.sum() + settings.flow * (imbalance(along, tokens) * tokens).sum()

    return Objective(loss)


def imbalance(excess: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Return the mean square, over all stretches of an answer, of the summed excess, float [B].

    Args:
        excess: log-probability less log-ratio of flows, float [B, T], zeros behind an answer's end.
        tokens: of each answer, int64 [B].
    """
    sums = torch.nn.functional.pad(excess.cumsum(1), (1, 0))
    stretches = sums[:, None, :] - sums[:, :, None]
    ends = torch.arange(sums.shape[1], device=sums.device)
    real = (ends[None, :] > ends[:, None]) & (ends <= tokens[:, None])[:, None, :]
    return (stretches.square() * real).sum((1, 2)) / real.sum((1, 2)).clamp(min=1)
