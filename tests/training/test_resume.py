"""A state that is saved and restored changes nothing of what a run computes."""

import logging
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from pipeline.artifacts import write_json
from pipeline.tasks import Task
from pipeline.training.loop import make_optimizer, snapshot
from pipeline.training.loss import token_losses
from pipeline.training.progress import Progress
from pipeline.training.resume import SavedStates, _checksums
from tests.tiny import tiny_batch, tiny_model
from tests.training.test_loop import config

STEPS = 7


def start(seed: int = 0) -> Progress:
    """A run at its start: a model with dropout, so that torch's random state counts."""
    model = tiny_model(seed).train()
    torch.manual_seed(seed + 5)
    optimizer, scheduler = make_optimizer(model, config(schedule="linear"), STEPS)
    return Progress(model, optimizer, scheduler, snapshot(model))


def advance(progress: Progress, until: int) -> None:
    """Train up to a step, and note what a loop notes."""
    while progress.step < until:
        batch = tiny_batch(progress.step % 2, list(Task)[progress.step % 3])
        assert batch.labels is not None
        total, count = token_losses(progress.model(batch), batch.labels)
        progress.optimizer.zero_grad()
        (total / count).backward()
        progress.optimizer.step()
        progress.scheduler.step()
        progress.step += 1
        progress.sums.setdefault(batch.task, []).append(total.item() / count)
        if progress.step == 3:
            progress.best, progress.curves.best_epoch = snapshot(progress.model), 1
            progress.curves.best_loss = 0.1 + 0.2
            progress.curves.rows.append((1, "topn", "validation", 0.1 + 0.2))
            progress.sums, progress.waited = {}, 2


def same(one: Progress, two: Progress) -> bool:
    states = [(run.model.state_dict(), run.best) for run in (one, two)]
    tensors = all(
        torch.equal(mine[name], yours[name]) for mine, yours in zip(*states, strict=True) for name in mine
    )
    kept = [(run.curves, run.step, list(run.sums.items()), run.waited) for run in (one, two)]
    return tensors and kept[0] == kept[1]


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
