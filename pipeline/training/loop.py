"""The training loop: steps, validation, best weights, early stopping. It knows nothing of the model."""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import nn
from tqdm import tqdm

from pipeline.prompts.batches import Batch
from pipeline.runtime import Runtime
from pipeline.tasks import Task
from pipeline.training.config import TrainingConfig
from pipeline.training.loss import pad_as_target, token_losses

log = logging.getLogger(__name__)

_ADVICE = "lower training.learning_rate"


class Steps(Protocol):
    """Batches by step, `steps_per_epoch` of them an epoch."""

    steps_per_epoch: int

    def __getitem__(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0 over the whole run."""


@dataclass
class Curves:
    """What training leaves behind besides weights.

    Attributes:
        rows: (epoch, task or "mean", "train" or "validation", loss), loss in nats a target token.
        best_epoch: the epoch, from 1, with the lowest mean of the tasks' validation losses; its weights are
            in the model when training ends.
    """

    rows: list[tuple[int, str, str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best_loss: float = float("inf")


def train(
    model: nn.Module,
    steps: Steps,
    validation: Mapping[Task, Sequence[Batch]],
    config: TrainingConfig,
    runtime: Runtime,
    pad: int,
) -> Curves:
    """Train `model` (batch to logits [B, T, V]) and leave the weights of the best epoch in it.

    Raises ValueError naming step and task when the loss is no longer a finite number.
    """
    model.to(runtime.device)
    total = config.epochs * steps.steps_per_epoch
    optimizer, scheduler = make_optimizer(model, config, total)
    curves, best, waited = Curves(), snapshot(model), 0
    with ThreadPoolExecutor(1) as ahead, tqdm(total=total, unit="step", disable=None) as bar:
        upcoming = ahead.submit(steps.__getitem__, 0)
        for epoch in range(1, config.epochs + 1):
            sums: dict[str, list[float]] = {}
            model.train()
            for step in range((epoch - 1) * steps.steps_per_epoch, epoch * steps.steps_per_epoch):
                batch = upcoming.result().to(runtime.device)
                upcoming = ahead.submit(steps.__getitem__, step + 1)
                sums.setdefault(batch.task, []).append(
                    _step(model, batch, step, optimizer, scheduler, config, runtime, pad)
                )
                bar.update()
            losses = {task: validate(model, batches, runtime) for task, batches in validation.items()}
            mean = sum(losses.values()) / len(losses)
            if not math.isfinite(mean):
                raise ValueError(f"training diverged: validation loss {mean} after epoch {epoch}; {_ADVICE}")
            _record(curves, epoch, sums, losses, mean)
            if mean < curves.best_loss:
                curves.best_epoch, curves.best_loss, best = epoch, mean, snapshot(model)
                waited = 0 if config.patience_counts == "row" else waited
            else:
                waited += 1
            if waited >= config.patience:
                log.info("no better validation loss for %d epochs: stopped", waited)
                break
    model.load_state_dict(best)
    return curves


def make_optimizer(
    model: nn.Module, config: TrainingConfig, total: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Return AdamW over all parameters and its learning-rate schedule over `total` steps."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
    )
    rising = max(1, round(config.warmup * total))

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return 1.0 if config.schedule == "constant" else max(0.0, (total - step) / (total - rising + 1))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def snapshot(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return a copy of the model's state."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _step(
    model: nn.Module,
    batch: Batch,
    step: int,
    optimizer: torch.optim.Optimizer,
    scheduler: torch.optim.lr_scheduler.LRScheduler,
    config: TrainingConfig,
    runtime: Runtime,
    pad: int,
) -> float:
    assert batch.labels is not None
    with runtime.autocasting():
        logits = model(batch)
    total, count = token_losses(logits, pad_as_target(batch.labels, pad) if config.pad_loss else batch.labels)
    loss = total / count
    value = float(loss.detach())
    if not math.isfinite(value):
        raise ValueError(f"training diverged: loss {value} at step {step} ({batch.task} task); {_ADVICE}")
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), config.clip)
    optimizer.step()
    scheduler.step()
    return value


@torch.no_grad()
def validate(
    model: Callable[[Batch], torch.Tensor] | nn.Module, batches: Sequence[Batch], runtime: Runtime
) -> float:
    """Return the mean negative log-likelihood per target token over all batches."""
    if isinstance(model, nn.Module):
        model.eval()
    total, count = 0.0, 0
    for batch in batches:
        assert batch.labels is not None
        moved = batch.to(runtime.device)
        with runtime.autocasting():
            logits = model(moved)
        losses, tokens = token_losses(logits, moved.labels)  # type: ignore[arg-type]
        total, count = total + float(losses), count + tokens
    return total / count


def _record(
    curves: Curves, epoch: int, sums: Mapping[str, list[float]], losses: Mapping[Task, float], mean: float
) -> None:
    for task, values in sums.items():
        curves.rows.append((epoch, str(task), "train", sum(values) / len(values)))
    for name, loss in [*losses.items(), ("mean", mean)]:
        curves.rows.append((epoch, str(name), "validation", loss))
    shown = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    log.info("epoch %d: validation loss %.4f (%s)", epoch, mean, shown)
