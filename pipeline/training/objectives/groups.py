"""Weights against popular groups of items, as IFairLRS has them (Jiang et al., 2024)."""

import numpy as np
import torch

from pipeline.training.objectives.base import Catalogue, Objective
from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.weights import weighted


def make(catalogue: Catalogue, settings: ObjectiveConfig) -> Objective:
    """Weigh each item in inverse proportion to its group's share of train interactions."""
    shape = catalogue.trie.paths.shape
    weights = group_weights(catalogue.counts, settings.groups)
    return weighted(
        catalogue, torch.from_numpy(weights).to(catalogue.trie.paths.device)[:, None].expand(shape)
    )


def group_weights(counts: np.ndarray, groups: int) -> np.ndarray:
    """Return the weight of each item, float64 [I]: the mean interactions of groups over its own group's.

    Groups have equally many items, from the least to the most popular. A group without interactions has
    none that could weigh anything.
    """
    order = np.argsort(counts, kind="stable")
    group = np.empty(len(counts), dtype=np.int64)
    group[order] = np.arange(len(counts)) * groups // len(counts)
    totals = np.bincount(group, weights=counts, minlength=groups)
    return (totals.mean() / np.maximum(totals, 1))[group]
