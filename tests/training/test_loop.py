from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from pipeline.backbones.base import IGNORED
from pipeline.prompts.batches import Batch
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import Task
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.topn import TOPN
from pipeline.training.choice import Measured
from pipeline.training.config import TrainingConfig
from pipeline.training.loop import train, validate
from pipeline.training.loss import pad_as_target
from pipeline.training.material import Material
from pipeline.training.optimizers import make_optimizer
from tests.tiny import tiny_batch, tiny_model

RUNTIME = Runtime(torch.device("cpu"), None)


def config(**changes: object) -> TrainingConfig:
    values = {
        "epochs": 3,
        "batch_size": 4,
        "samples": "segments",
        "shares": {"explanation": 1, "sequential": 1, "topn": 1},
        "optimizer": "adamw",
        "learning_rate": 0.01,
        "weight_decay": 0.01,
        "warmup": 0.1,
        "schedule": "constant",
        "clip": 1.0,
        "patience": 5,
        "patience_counts": "row",
        "validation_samples": 0,
        "choose_by": "loss",
        "validation_answers": 0,
        "explanation_tokens": 20,
        "pad_loss": False,
        "save_every": 0,
    }
    return TrainingConfig(**(values | changes))


class Repeated:
    """The same batch at every step, tasks taking turns."""

    steps_per_epoch = 6

    def __getitem__(self, step: int) -> Batch:
        return tiny_batch(step % 2, PEAPOD[step % 3])


VALIDATION = {task: [tiny_batch(0, task)] for task in PEAPOD}


def test_padding_counts_only_on_request() -> None:
    assert pad_as_target(torch.tensor([[5, IGNORED]]), 0).tolist() == [[5, 0]]
    targets = []
    for pad_loss in (False, True):
        model = Scripted([1.0])
        train(
            model,
            Material(HalfLabelled(), {TOPN: [ZeroLabels()[0]]}),
            config(epochs=1, pad_loss=pad_loss),
            RUNTIME,
            0,
            7,
        )
        targets.append(model.targets)
    assert targets == [{10}, {20}]


@pytest.mark.usefixtures("every_backbone")
def test_training_learns_and_leaves_the_best_weights() -> None:
    model = tiny_model()
    before = {task: validate(model, batches, RUNTIME) for task, batches in VALIDATION.items()}
    curves = train(model, Material(Repeated(), VALIDATION), config(epochs=8), RUNTIME, 0, 7)
    after = {task: validate(model, batches, RUNTIME) for task, batches in VALIDATION.items()}
    assert all(after[task] < before[task] / 2 for task in PEAPOD)
    assert sum(after.values()) / 3 == pytest.approx(-curves.best.gain, abs=1e-6)
    recorded = {(one.epoch, one.task): one.value for one in curves.points if one.split == "validation"}
    assert recorded[curves.best_epoch, "mean"] == min(recorded[e, "mean"] for e in range(1, 9))


@pytest.mark.usefixtures("every_backbone")
@pytest.mark.parametrize("prepared", [False, True])
def test_two_runs_with_one_seed_have_the_same_weights(prepared: bool) -> None:
    states = []
    for _ in range(2):
        model = tiny_model(dropout=0.2)
        if prepared:
            model.prepare_training(RUNTIME.device)
        train(model, Material(Repeated(), VALIDATION), config(), RUNTIME, 0, 7)
        states.append(model.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


class Scripted(nn.Module):
    """Validation losses that follow a script; its one weight counts training steps."""

    def __init__(self, losses: list[float]) -> None:
        super().__init__()
        self.losses, self.epoch = losses, 0
        self.steps = nn.Parameter(torch.zeros(1))
        self.targets: set[int] = set()

    def loss(self, batch: Batch, rng: np.random.Generator | None = None) -> tuple[torch.Tensor, int]:
        count = int((batch.labels != IGNORED).sum())
        if self.training:
            self.targets.add(count)
            return self.steps.sum() * count, count
        self.epoch += 1
        return torch.tensor(self.losses[self.epoch - 1] * count), count


class ZeroLabels(Repeated):
    def __getitem__(self, step: int) -> Batch:
        return replace(tiny_batch(), labels=torch.zeros(4, 5, dtype=torch.int64))


class HalfLabelled(Repeated):
    def __getitem__(self, step: int) -> Batch:
        labels = torch.full((4, 5), IGNORED)
        labels[:2] = 0
        return replace(tiny_batch(), labels=labels)


@pytest.mark.parametrize(
    ("counts", "stopped_after"),
    [("row", 6), ("total", 5)],
)
def test_patience_counts_in_a_row_or_in_total(counts: str, stopped_after: int) -> None:
    model = Scripted([3.0, 4.0, 2.0, 5.0, 5.0, 5.0, 5.0])
    validation = {TOPN: [ZeroLabels()[0]]}
    settings = config(epochs=7, patience=3, patience_counts=counts)
    curves = train(model, Material(ZeroLabels(), validation), settings, RUNTIME, 0, 7)
    assert curves.points[-1].epoch == stopped_after
    assert curves.best_epoch == 3
    assert curves.best.gain == pytest.approx(-2.0, abs=1e-5)


class Answers:
    """Validation metrics that follow a script."""

    def __init__(self, values: Sequence[float]) -> None:
        self.values = iter(values)

    def __call__(self) -> dict[Task, Measured]:
        return {TOPN: Measured("NDCG@10", next(self.values))}


def test_metrics_choose_the_epoch_and_stop_training_where_the_loss_would_not() -> None:
    model = Scripted([5.0, 4.0, 3.0, 2.0, 1.0])
    validation = {TOPN: [ZeroLabels()[0]]}
    settings = config(epochs=5, patience=2)
    measure = Answers([0.1, 0.3, 0.2, 0.3, 0.1])
    shown: list[int] = []
    curves = train(
        model,
        Material(ZeroLabels(), validation),
        settings,
        RUNTIME,
        0,
        7,
        validation=measure,
        show=lambda curves: shown.append(curves.points[-1].epoch if curves.points else 0),
    )
    # The fourth equals the second by metric and has a lower loss; the fifth is worse.
    assert curves.best_epoch == 4
    assert curves.points[-1].epoch == 5
    found = [(one.epoch, one.value) for one in curves.points if one.metric == "NDCG@10"]
    assert found == [(1, 0.1), (2, 0.3), (3, 0.2), (4, 0.3), (5, 0.1)]
    assert shown == [0, 1, 2, 3, 4, 5]
    stopped = train(
        Scripted([5.0, 4.0, 3.0, 2.0]),
        Material(ZeroLabels(), validation),
        settings,
        RUNTIME,
        0,
        7,
        validation=Answers([0.3, 0.2, 0.1]),
    )
    assert stopped.best_epoch == 1
    assert stopped.points[-1].epoch == 3


def test_divergence_names_step_and_task() -> None:
    model = tiny_model()
    with torch.no_grad():
        model.prompts["task"].table[1] = float("nan")
    with pytest.raises(ValueError, match=r"loss nan, .* at step 1 \(sequential task, batch 1 of epoch 1"):
        train(model, Material(Repeated(), VALIDATION), config(), RUNTIME, 0, 7)


def test_a_validation_loss_that_is_no_number_is_not_passed_over() -> None:
    validation = {TOPN: [ZeroLabels()[0]]}
    with pytest.raises(ValueError, match="validation loss nan after epoch 1"):
        train(Scripted([float("nan")]), Material(ZeroLabels(), validation), config(), RUNTIME, 0, 7)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [("constant", [0.5, 1, 1, 1, 1, 1, 1, 1]), ("linear", [0.5, 1, 8 / 9, 7 / 9, 6 / 9])],
)
def test_learning_rates(schedule: str, rates: list[float]) -> None:
    optimizer, scheduler = make_optimizer(nn.Linear(1, 1), config(schedule=schedule, warmup=0.2), total=10)
    found = []
    for _ in rates:
        found.append(optimizer.param_groups[0]["lr"] / 0.01)
        optimizer.step()
        scheduler.step()
    assert found == pytest.approx(rates)
