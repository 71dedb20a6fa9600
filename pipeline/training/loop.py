"""The training loop: steps and what ends an epoch. It knows nothing of the model."""

import math
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import cast

import torch
from torch import nn

from pipeline.prompts.batches import Batch
from pipeline.randomness import generator
from pipeline.runtime.device import Runtime
from pipeline.runtime.progress_bar import ProgressBar
from pipeline.training.choice import Validation
from pipeline.training.config import TrainingConfig
from pipeline.training.epochs import record_epoch
from pipeline.training.gradients import Gradients, Trainable
from pipeline.training.loss import pad_as_target
from pipeline.training.marginal import MarginalWatch, help_with
from pipeline.training.material import Material, Steps
from pipeline.training.optimizers import make_optimizer
from pipeline.training.progress import Curves, DivergedError, Progress
from pipeline.training.resume import SavedStates
from pipeline.training.weights import put_back, snapshot, trained


def train(
    model: nn.Module,
    material: Material,
    config: TrainingConfig,
    runtime: Runtime,
    pad: int,
    seed: int,
    states: SavedStates | None = None,
    validation: Validation | None = None,
    show: Callable[[Curves], None] | None = None,
    lesson: Trainable | None = None,
) -> Curves:
    """Train `model`, which is `Trainable`, and leave the weights of the best epoch in it.

    Dropout of a step draws from a generator named by `seed` and the step. The run goes on from the newest of
    `states`, bit for bit as if it had never stopped. Raises DivergedError naming step, batch and task when
    loss or gradient is no longer a finite number; the best weights are in the model then, too. Warns while
    the loss of a task isn't below `material.marginal`.

    Args:
        model: what is trained.
        material: batches to train and to validate on.
        config: section `training`.
        runtime: where it is computed.
        pad: the padding token, a target where `config.pad_loss` says so.
        seed: of everything that is drawn.
        states: saved states; without them a killed run starts anew.
        validation: answers validation questions; with it epochs are chosen by their metrics, else by loss.
        show: takes the curves of a run that goes on, at its start and after each epoch.
        lesson: gives the loss of a step; without it the model does. Validation losses are the model's.
    """
    model.to(runtime.device)
    steps = material.steps
    total = config.epochs * steps.steps_per_epoch
    optimizer, scheduler = make_optimizer(model, config, total)
    progress = Progress(model, optimizer, scheduler, snapshot(model))
    if states is not None:
        states.restore(progress)
    if not runtime.processes.first:
        states = None
        show = None
    if show is not None:
        show(progress.curves)
    marginal = {**material.marginal, **material.watched}
    watch = MarginalWatch(marginal, round(config.warmup * total), help_with(config))
    try:
        with (
            closing(_upcoming(steps, progress, config, pad)) as batches,
            closing(
                Gradients(lesson or cast(Trainable, model), list(trained(model).values()), runtime)
            ) as gradients,
            ProgressBar("train", total, "steps", progress.step) as bar,
        ):
            for batch in batches:
                model.train()
                loss = gradients.compute(batch, generator(seed, "dropout", progress.step))
                _step(progress, batch, loss, config, steps.steps_per_epoch)
                watch.see(progress.step, batch.task, loss)
                bar.update()
                ended = progress.step % steps.steps_per_epoch == 0
                if ended:
                    _end_epoch(progress, material, validation, config, runtime)
                if states is not None and (ended or states.due(progress.step)):
                    states.save(progress)
                if show is not None and ended:
                    show(progress.curves)
    finally:
        put_back(model, progress.best)
    return progress.curves


def _upcoming(
    steps: Steps, progress: Progress, config: TrainingConfig, pad: int
) -> Generator[Batch, None, None]:
    """Yield the batch of each step until the run ends; the next one is made while a step computes."""
    total = config.epochs * steps.steps_per_epoch
    with ThreadPoolExecutor(1) as ahead:
        upcoming = ahead.submit(steps.__getitem__, progress.step)
        while progress.step < total and progress.epochs_without_improvement < config.patience:
            batch = upcoming.result()
            upcoming = ahead.submit(steps.__getitem__, progress.step + 1)
            if config.pad_loss and batch.labels is not None:
                batch = replace(batch, labels=pad_as_target(batch.labels, pad))
            yield batch


def _end_epoch(
    progress: Progress,
    material: Material,
    validation: Validation | None,
    config: TrainingConfig,
    runtime: Runtime,
) -> None:
    """Validate, record what was measured, and keep the weights if they are the best."""
    losses = {
        task: validate(progress.model, batches, runtime) for task, batches in material.validation.items()
    }
    measured = {} if validation is None else validation()
    record_epoch(progress, losses, measured, config, progress.step // material.steps.steps_per_epoch)


def _step(progress: Progress, batch: Batch, loss: float, config: TrainingConfig, per_epoch: int) -> None:
    """Move the weights along the gradients that stand in them."""
    norm = float(nn.utils.clip_grad_norm_(trained(progress.model).values(), config.clip))
    if not (math.isfinite(loss) and math.isfinite(norm)):
        epoch, number = divmod(progress.step, per_epoch)
        raise DivergedError(
            f"training diverged: loss {loss}, gradient norm {norm} at step {progress.step} ({batch.task} "
            f"task, batch {number} of epoch {epoch + 1}, users {batch.users.tolist()}); what helps: "
            f"{help_with(config)}",
            progress.curves.best_epoch,
        )
    progress.optimizer.step()
    progress.optimizer.zero_grad(set_to_none=True)
    progress.scheduler.step()
    progress.sums.setdefault(batch.task.name, []).append(loss)
    progress.step += 1


@torch.no_grad()
def validate(model: nn.Module, batches: Sequence[Batch], runtime: Runtime) -> float:
    """Return the mean negative log-likelihood per target token over all batches."""
    model.eval()
    total = 0.0
    count = 0.0
    for batch in runtime.processes.every(batches):
        with runtime.autocasting():
            losses, tokens = cast(Trainable, model).loss(batch.to(runtime.device))
        total += float(losses)
        count += tokens
    total, count = runtime.processes.sums(total, count)
    return total / count
