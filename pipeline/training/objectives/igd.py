"""IGD: tokens that say nothing about the item weigh less (Lin et al., 2025, token decisiveness).

A token says nothing where the item is known before it as well as after it: its edge is the only one of its
node. Decoding has the other half (`decoding.information_gain`).
"""

import torch

from pipeline.training.objectives.base import Catalogue, Objective
from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.weights import weighted


def make(catalogue: Catalogue, settings: ObjectiveConfig) -> Objective:
    """Weigh a token without information gain `settings.no_gain`, every other 1."""
    trie = catalogue.trie
    gains = trie.information_gain(catalogue.counts)
    weights = torch.where(gains > 0, 1.0, settings.no_gain)
    return weighted(catalogue, weights[trie.paths])
