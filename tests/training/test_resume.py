"""A state that is saved and restored changes nothing of what a run computes."""

import logging
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from pipeline.artifacts import write_json
from pipeline.model.checkpoint import load_checkpoint
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batches import Batch
from pipeline.tasks.base import Task
from pipeline.tasks.registry import PEAPOD
from pipeline.tasks.topn import TOPN
from pipeline.training.choice import Measured, Standing
from pipeline.training.divergence import keeping_best
from pipeline.training.loop import train, validate
from pipeline.training.material import Material, Steps, make_material
from pipeline.training.optimizers import make_optimizer
from pipeline.training.progress import Curves, DivergedError, Point, Progress
from pipeline.training.resume import SavedStates, _checksums
from pipeline.training.weights import snapshot
from tests.tiny import prompts_config, tiny_batch, tiny_maker, tiny_model
from tests.training.test_loop import RUNTIME, VALIDATION, Repeated, config
from tests.training.test_samples import ITEMS, inputs

STEPS = 7


def start(seed: int = 0) -> Progress:
    """A run at its start: a model with dropout, so that torch's random state counts."""
    users = tiny_model(0).prompts["collaborative"].context
    model = tiny_model(seed).train()
    # A state holds what is trained; the tables of users are the run's data.
    model.prompts["collaborative"].context = users.train()
    torch.manual_seed(seed + 5)
    optimizer, scheduler = make_optimizer(model, config(schedule="linear"), STEPS)
    return Progress(model, optimizer, scheduler, snapshot(model))


def advance(progress: Progress, until: int) -> None:
    """Train up to a step, and note what a loop notes."""
    while progress.step < until:
        batch = tiny_batch(progress.step % 2, PEAPOD[progress.step % 3])
        total, count = progress.model.loss(batch)
        progress.optimizer.zero_grad()
        (total / count).backward()
        progress.optimizer.step()
        progress.scheduler.step()
        progress.step += 1
        progress.sums.setdefault(batch.task.name, []).append(total.item() / count)
        if progress.step == 3:
            progress.best, progress.curves.best_epoch = snapshot(progress.model), 1
            progress.curves.best = Standing(0.1 + 0.2, -0.1)
            progress.curves.points.append(Point(1, "topn", "validation", "loss", 0.1 + 0.2))
            progress.sums, progress.epochs_without_improvement = {}, 2


def same(one: Progress, two: Progress) -> bool:
    states = [(run.model.state_dict(), run.best) for run in (one, two)]
    tensors = all(
        torch.equal(mine[name], yours[name]) for mine, yours in zip(*states, strict=True) for name in mine
    )
    kept = [
        (run.curves, run.step, list(run.sums.items()), run.epochs_without_improvement) for run in (one, two)
    ]
    return tensors and kept[0] == kept[1]


@pytest.mark.usefixtures("every_backbone")
@pytest.mark.parametrize("stopped", [1, 2, 3, 5, 7])
def test_a_resumed_run_equals_one_that_was_never_stopped(tmp_path: Path, stopped: int) -> None:
    whole = start()
    advance(whole, STEPS)
    killed = start()
    advance(killed, stopped)
    SavedStates(tmp_path, 0).save(killed)
    again = start(seed=3)  # Other weights and another random state: all comes from the saved one.
    SavedStates(tmp_path, 0).restore(again)
    assert again.step == stopped
    advance(again, STEPS)
    assert same(again, whole)


def test_without_a_state_a_run_stays_at_its_start(tmp_path: Path) -> None:
    run = start()
    SavedStates(tmp_path / "none", 0).restore(run)
    assert same(run, start())


def test_the_last_two_states_are_kept_until_the_run_ends(tmp_path: Path) -> None:
    run, states = start(), SavedStates(tmp_path / "states", 0)
    for step in (1, 2, 4):
        advance(run, step)
        states.save(run)
    assert sorted(path.name for path in (tmp_path / "states").iterdir()) == [
        "step-000000002",
        "step-000000004",
    ]
    states.clear()
    states.clear()
    assert list(tmp_path.iterdir()) == []


def test_states_are_due_by_steps_or_never() -> None:
    assert [step for step in range(1, 9) if SavedStates(Path(), 3).due(step)] == [3, 6]
    assert not any(SavedStates(Path(), 0).due(step) for step in range(9))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGE = {
    "bit of a tensor": lambda folder: flip(folder / "tensors.pt"),
    "digit": lambda folder: (folder / "numbers.json").write_text('{"step": 9}'),
    "cut": lambda folder: (folder / "tensors.pt").write_bytes(b"PK"),
    "checksums": lambda folder: (folder / "checksums.json").write_text("[]"),
    "no JSON": lambda folder: (folder / "checksums.json").write_text("{"),
    "absent": lambda folder: (folder / "tensors.pt").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_state_is_named_and_set_aside(
    tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    run, states = start(), SavedStates(tmp_path, 0)
    for step in (2, 4):
        advance(run, step)
        states.save(run)
    damage(tmp_path / "step-000000004")
    again = start()
    with caplog.at_level(logging.INFO, "pipeline"):
        states.restore(again)
    assert again.step == 2
    assert "step-000000004" in caplog.messages[0]
    assert "set aside as" in caplog.messages[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged-step-000000004", "step-000000002"]
    advance(again, STEPS)
    whole = start()
    advance(whole, STEPS)
    assert same(again, whole)


def test_with_all_states_damaged_a_run_starts_anew(tmp_path: Path) -> None:
    run, states = start(), SavedStates(tmp_path, 0)
    for step in (1, 2):
        advance(run, step)
        states.save(run)
    for folder in list(tmp_path.iterdir()):
        flip(folder / "tensors.pt")
    fresh = start()
    states.restore(fresh)
    assert same(fresh, start())


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_state_of_a_foreign_pickle_is_not_executed(tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self):
            return (tmp_path.joinpath("harm").touch, ())

    run, states = start(), SavedStates(tmp_path / "states", 0)
    states.save(run)
    folder = tmp_path / "states/step-000000000"
    (folder / "tensors.pt").write_bytes(pickle.dumps(Harmful()))
    write_json(folder / "checksums.json", _checksums(folder))
    fresh = start()
    states.restore(fresh)
    assert same(fresh, start())
    assert not (tmp_path / "harm").exists()


class KilledError(Exception):
    """Stands for a kill."""


class Dying(Repeated):
    """Batches that end a run at a step."""

    def __init__(self, death: int) -> None:
        self.death = death

    def __getitem__(self, step: int) -> Batch:
        if step == self.death:
            raise KilledError
        return super().__getitem__(step)


def trained(
    steps: Steps, states: SavedStates | None, every: int = 2, measured: bool = False
) -> tuple[nn.Module, Curves]:
    """Train anew, or from what `states` has; six steps an epoch. `measured`: the worse the better."""
    model = tiny_model()

    def answers() -> dict[Task, Measured]:
        return {TOPN: Measured("NDCG@10", validate(model, VALIDATION[TOPN], RUNTIME))}

    material = Material(steps, VALIDATION)
    settings = config(save_every=every)
    validation = answers if measured else None
    return model, train(model, material, settings, RUNTIME, 0, 7, states, validation)


@pytest.mark.parametrize("deaths", [(1,), (4,), (5, 9), (6,), (7, 8, 17), (12, 12)])
@pytest.mark.parametrize("every", [0, 2])
@pytest.mark.parametrize("measured", [False, True])
def test_killed_anywhere_training_ends_with_the_same_weights(
    tmp_path: Path, deaths: tuple[int, ...], every: int, measured: bool
) -> None:
    states = SavedStates(tmp_path, every)
    for death in deaths:
        with pytest.raises(KilledError):
            trained(Dying(death), states, every, measured)
    found, curves = trained(Repeated(), states, every, measured)
    wanted, wanted_curves = trained(Repeated(), None, every, measured)
    assert wanted_curves.best_epoch == (1 if measured else 3)
    assert all(torch.equal(found.state_dict()[name], one) for name, one in wanted.state_dict().items())
    assert curves == wanted_curves


def test_a_run_that_was_killed_after_its_last_step_trains_no_more(tmp_path: Path) -> None:
    wanted, curves = trained(Repeated(), SavedStates(tmp_path, 0))
    found, again = trained(Dying(-1), SavedStates(tmp_path, 0))
    assert again == curves
    assert all(torch.equal(found.state_dict()[name], one) for name, one in wanted.state_dict().items())


class Poisoned(Repeated):
    """Batches, and weights that are no numbers from the second epoch on."""

    def __init__(self, model: PeaPOD) -> None:
        self.model = model

    def __getitem__(self, step: int) -> Batch:
        if step == 8:
            with torch.no_grad():
                self.model.prompts["task"].table.fill_(float("nan"))
        return super().__getitem__(step)


@pytest.mark.usefixtures("every_backbone")
def test_divergence_keeps_the_best_weights_and_says_where(tmp_path: Path) -> None:
    model, first = tiny_model(), tiny_model()
    train(first, Material(Repeated(), VALIDATION), config(epochs=1, warmup=0.0), RUNTIME, 0, 7)
    where = r"at step \d+ \(\w+ task, batch \d+ of epoch 2, users \[0, 5,"
    with pytest.raises(DivergedError, match=where) as at:
        with keeping_best(tmp_path / "best", model, prompts_config(), RUNTIME):
            train(model, Material(Poisoned(model), VALIDATION), config(epochs=3, warmup=0.0), RUNTIME, 0, 7)
    assert f"The weights of epoch 1, the best, are in {tmp_path / 'best'}" in str(at.value)
    kept = load_checkpoint(tmp_path / "best").state_dict()
    assert all(torch.equal(kept[name], one) for name, one in first.state_dict().items())


class Cut:
    """Batches of a run, until it is killed."""

    def __init__(self, steps: Steps, death: int) -> None:
        self.steps = steps
        self.death = death
        self.steps_per_epoch = steps.steps_per_epoch

    def __getitem__(self, step: int) -> Batch:
        if step == self.death:
            raise KilledError
        return self.steps[step]


@pytest.mark.parametrize("death", [2, 5])
def test_a_killed_run_on_histories_ends_with_the_same_weights(tmp_path: Path, death: int) -> None:
    def run(death: int, states: SavedStates | None) -> nn.Module:
        model = tiny_model(name="llama")
        maker, *_ = tiny_maker(ITEMS)
        settings = config(samples="histories", shares={"explanation": 0, "sequential": 1, "topn": 1})
        # A history of three items has two windows of one.
        material = make_material(
            inputs(), maker, model.backbone, prompts_config(history=1), 300, settings, seed=0
        )
        cut = replace(material, steps=Cut(material.steps, death))
        train(model, cut, settings, RUNTIME, 0, 7, states)
        return model

    with pytest.raises(KilledError):
        run(death, SavedStates(tmp_path, 1))
    found = run(-1, SavedStates(tmp_path, 1)).state_dict()
    assert all(torch.equal(found[name], one) for name, one in run(-1, None).state_dict().items())
