"""A stage run as a command checks all parameters first and leaves a record: `typer.run(recorded(main))`."""

import functools
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.provenance import is_shallow, recording
from pipeline.publication import finish_publications
from stages.errors import clear_errors
from stages.logs import log_to_stderr

CODE = ("pipeline", "stages", "params.yaml", "dvc.yaml", "requirements.txt", "constraints.txt")
"""What decides on outputs beside the data; dvc.lock and metrics/ change while the pipeline runs."""
HASHED = ("params.yaml", "dvc.lock")
UNCOUNTED = {"sample", "preprocess"}
"""Stages that run before the dataset is counted."""
UNEXPLAINED = {*UNCOUNTED, "explanations", "embeddings", "neighbours", "numbering", "baseline"}
"""Stages that may run before its explanations are counted."""


def recorded(main: Callable[..., Any]) -> Callable[..., None]:
    """Let `main`, which may return counts of what it went through, leave runs/provenance/STAGE.json.

    The record of a loop's stage is called STAGE@NAME. Of several processes the first one writes it, and
    checks all of params.yaml: before the stage, and once more after `preprocess` and `explanations`, which
    count what it has to fit. What killed stages had begun to publish is finished before `main` starts.
    """

    @functools.wraps(main)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        if os.environ.get("RANK", "0") != "0":
            main(*args, **kwargs)
            return
        check_kept(Path(os.environ.get("DVC_ROOT", "")), Path.cwd())
        stage = Path(inspect.unwrap(main).__code__.co_filename).stem
        name = f"{stage}@{kwargs['name']}" if "name" in kwargs else stage
        log_to_stderr()
        root = kwargs.get("root", Path())
        finish_publications(root)
        check(root, counted=stage not in UNCOUNTED, explained=stage not in UNEXPLAINED)
        with recording(root, name, CODE, HASHED) as counts:
            counts.update(main(*args, **kwargs) or {})
            if stage in {"preprocess", "explanations"}:
                check(root, counted=True, explained=stage == "explanations")

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


def check(root: Path, counted: bool, explained: bool) -> None:
    """End with exit code 1, and every fault on stderr, where params.yaml below `root` can't work.

    `counted` and `explained`: metrics/dataset.json and metrics/explanations.json are of the data that it has
    to fit. A process of its own judges it: imported here, `check_params` would make every stage depend on
    every section.
    """
    if not (root / "params.yaml").is_file():
        return  # The stage says so itself.
    command = [sys.executable, "-m", "stages.check_params", "--root", str(root)]
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        command + ["--counted"] * counted + ["--explained"] * explained,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise SystemExit(1)
