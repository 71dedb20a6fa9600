"""Predictions of methods that the lists of `evaluation` no longer name."""

import logging
import shutil
from collections.abc import Collection
from pathlib import Path

from pipeline.artifacts import remove

log = logging.getLogger(__name__)


FOLDER = Path("predictions")
ASIDE = Path("runs/other_predictions")


def set_aside(root: Path, named: Collection[str]) -> None:
    """Move the predictions below `root` that `named` doesn't name to ASIDE, over what had their name there.

    DVC hashes the whole folder `predictions` when `evaluate` has ended: with what is left of other lists in
    it, the same commit would count as changed in a clone, which has the named predictions alone.
    """
    for entry in sorted((root / FOLDER).glob("[!.]*")):
        if entry.name not in named:
            moved = root / ASIDE / entry.name
            moved.parent.mkdir(parents=True, exist_ok=True)
            remove(moved)
            shutil.move(entry, moved)
            log.info("%s: no list of section evaluation names it; moved to %s", entry, moved)
