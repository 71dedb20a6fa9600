"""A stage that runs as a command leaves a record beside its outputs: `typer.run(recorded(main))`."""

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.provenance import is_shallow, recording
from stages.errors import clear_errors

CODE = ("pipeline", "stages", "params.yaml", "dvc.yaml", "requirements.txt", "constraints.txt")
"""What decides on outputs beside the data; dvc.lock and metrics/ change while the pipeline runs."""
HASHED = ("params.yaml", "dvc.lock")


def recorded(main: Callable[..., Any]) -> Callable[..., None]:
    """Let `main`, which may return counts of what it went through, leave runs/provenance/STAGE.json.

    The record of a loop's stage is called STAGE@NAME. Of several processes the first one writes it.
    """

    @functools.wraps(main)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        if os.environ.get("RANK", "0") != "0":
            main(*args, **kwargs)
            return
        check_kept(Path(os.environ.get("DVC_ROOT", "")), Path.cwd())
        stage = Path(inspect.unwrap(main).__code__.co_filename).stem
        name = f"{stage}@{kwargs['name']}" if "name" in kwargs else stage
        with recording(kwargs.get("root", Path()), name, CODE, HASHED) as counts:
            counts.update(main(*args, **kwargs) or {})

    return clear_errors(wrapper)


def check_kept(root: Path, here: Path) -> None:
    """Raise ValueError where `here` is an experiment's copy of the repository `root`, a shallow clone.

    DVC would lose what it makes, and says nothing: `dvc exp run --temp` and the queue end well.
    """
    if root / ".dvc/tmp/exps" in here.parents and is_shallow(root):
        raise ValueError(
            f"{root} is a shallow clone, in which DVC loses what an experiment in a copy makes: "
            "git fetch --unshallow (in GitHub Actions: actions/checkout with fetch-depth: 0)"
        )
