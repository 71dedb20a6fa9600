"""The weights that a run changes: those that are trained, and no others."""

import torch
from torch import nn


def trained(model: nn.Module) -> dict[str, nn.Parameter]:
    """Return the parameters that are trained, by name; frozen ones stay what they are."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


def snapshot(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return a copy of the weights that are trained."""
    return {name: weight.detach().clone() for name, weight in trained(model).items()}


@torch.no_grad()
def put_back(model: nn.Module, weights: dict[str, torch.Tensor]) -> None:
    """Give a model weights of `snapshot`; raises KeyError where one is missing."""
    for name, weight in trained(model).items():
        weight.copy_(weights[name])
