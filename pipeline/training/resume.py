"""Saved states of a training run, for a run that was killed to go on bit for bit where it stopped.

A state is a folder `step-NNNNNNNNN`: tensors (weights, best weights, optimizer, schedule, torch's random
states), the numbers of the run as JSON, and the checksums of both. It appears whole or not at all.
"""

import hashlib
import logging
import shutil
from pathlib import Path
from typing import Any

import torch

from pipeline.artifacts import ArtifactError, atomic_folder, read_json, write_json
from pipeline.training.choice import WORST, Standing
from pipeline.training.progress import Curves, Point, Progress
from pipeline.training.weights import put_back, snapshot

log = logging.getLogger(__name__)

KEPT = 2
"""States on disk: the newest, and the one before it should the newest be damaged."""
_TENSORS = "tensors.pt"
_NUMBERS = "numbers.json"
_CHECKSUMS = "checksums.json"


class SavedStates:
    """The newest states of one run, in a folder of its own."""

    def __init__(self, folder: Path, every: int) -> None:
        """Take the folder, keyed by what the run computes, and the steps between two states.

        With `every` 0 a state is saved only where an epoch ends.
        """
        self._folder = folder
        self._every = every

    def due(self, step: int) -> bool:
        """Tell whether a state is to be saved after `step` steps, in the middle of an epoch."""
        return self._every > 0 and step % self._every == 0

    def save(self, progress: Progress) -> None:
        """Write the state of a run between two steps, and remove all but the newest `KEPT`."""
        with atomic_folder(self._folder / f"step-{progress.step:09}") as folder:
            with (folder / _TENSORS).open("wb") as file:
                torch.save(_tensors(progress), file)
            write_json(folder / _NUMBERS, _numbers(progress))
            write_json(folder / _CHECKSUMS, _checksums(folder))
        for old in self._newest_first()[KEPT:]:
            shutil.rmtree(old)

    def restore(self, progress: Progress) -> None:
        """Put a run where the newest undamaged state left it; without one it stays at its start.

        Damaged states are named in the log and set aside under another name.
        """
        for folder in self._newest_first():
            try:
                tensors, numbers = _read(folder)
            except (ArtifactError, OSError) as error:
                aside = folder.with_name(f"damaged-{folder.name}")
                shutil.rmtree(aside, ignore_errors=True)
                folder.rename(aside)
                log.warning("%s; set aside as %s, the state before it is used", error, aside)
                continue
            _load(progress, tensors, numbers)
            log.info("resumed after step %d from %s", progress.step, folder)
            return

    def clear(self) -> None:
        """Remove all states: the run is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _newest_first(self) -> list[Path]:
        return sorted(self._folder.glob("step-*"), reverse=True)


def _tensors(progress: Progress) -> dict[str, Any]:
    return {
        "model": snapshot(progress.model),
        "best": progress.best,
        "optimizer": progress.optimizer.state_dict(),
        "scheduler": progress.scheduler.state_dict(),
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all(),
    }


def _numbers(progress: Progress) -> dict[str, Any]:
    curves = progress.curves
    return {
        "step": progress.step,
        "epochs_without_improvement": progress.epochs_without_improvement,
        "sums": list(progress.sums.items()),  # Not as an object: its keys would be sorted.
        "points": curves.points,
        "best_epoch": curves.best_epoch,
        "best": curves.best if curves.best_epoch else None,  # JSON has no infinite numbers.
    }


def _load(progress: Progress, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
    put_back(progress.model, tensors["model"])
    progress.optimizer.load_state_dict(tensors["optimizer"])
    progress.scheduler.load_state_dict(tensors["scheduler"])
    progress.best = {name: best.to(progress.best[name].device) for name, best in tensors["best"].items()}
    torch.set_rng_state(tensors["random"])
    torch.cuda.set_rng_state_all(tensors["random_cuda"])
    progress.step = numbers["step"]
    progress.epochs_without_improvement = numbers["epochs_without_improvement"]
    progress.sums = dict(numbers["sums"])
    best = WORST if numbers["best"] is None else Standing(*numbers["best"])
    progress.curves = Curves([Point(*one) for one in numbers["points"]], numbers["best_epoch"], best)


def _checksums(folder: Path) -> dict[str, str]:
    found = {}
    for name in (_TENSORS, _NUMBERS):
        with (folder / name).open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    wanted = read_json(folder / _CHECKSUMS)
    for name, checksum in _checksums(folder).items():
        if not isinstance(wanted, dict) or wanted.get(name) != checksum:
            raise ArtifactError(f"{folder / name}: damaged: its checksum is not the saved one")
    try:
        tensors = torch.load(folder / _TENSORS, map_location="cpu", weights_only=True)
    except Exception as error:
        # What the restricted loader raises depends on what it refuses.
        raise ArtifactError(f"{folder / _TENSORS}: not a saved state: {error}") from None
    return tensors, read_json(folder / _NUMBERS)
