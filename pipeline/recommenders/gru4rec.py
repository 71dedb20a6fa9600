"""GRU4Rec: a recurrent network over the history (Hidasi et al., ICLR 2016)."""

from typing import Any

import torch
from torch import Tensor

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.parts.cornac_models import by_sequence
from pipeline.recommenders.parts.cornac_settings import chain


def last_states(model: Any, data: TrainingData) -> tuple[Tensor, Tensor]:
    """Return the network's state after each train history [N, D], and the items' output vectors [I, D]."""
    states = []
    for history in data.histories:
        layers = [torch.zeros(1, width) for width in model.layers]
        for item in history.tolist():
            # It writes the new states into `layers`.
            model.model(torch.tensor([item]), layers, None)
        states.append(layers[-1])
    return torch.cat(states), model.model.Wy.weight[: data.items]


FIT = by_sequence(
    lambda models, settings, seed: models.GRU4Rec(layers=[settings["factors"]], **chain(settings, seed)),
    last_states,
    parallel=True,
)
