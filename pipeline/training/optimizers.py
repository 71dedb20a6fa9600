"""The optimizer of a run, and its learning rate by step."""

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from pipeline.training.config import TrainingConfig
from pipeline.training.scaled_adamw import ScaledAdamW
from pipeline.training.weights import trained


def make_optimizer(
    model: nn.Module, config: TrainingConfig, total: int
) -> tuple[torch.optim.Optimizer, LRScheduler]:
    """Return the configured optimizer over the weights that are trained, and its schedule.

    The run has `total` steps.
    """
    weights = trained(model).values()
    optimizer: torch.optim.Optimizer
    if config.optimizer == "scaled_adamw":
        optimizer = ScaledAdamW(weights, lr=config.learning_rate, weight_decay=config.weight_decay)
    else:
        optimizer = torch.optim.AdamW(
            weights, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
    rising = max(1, round(config.warmup * total))

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return 1.0 if config.schedule == "constant" else max(0.0, (total - step) / (total - rising + 1))

    return optimizer, LambdaLR(optimizer, factor)
