"""A stage run as a command checks all parameters first and leaves a record: `typer.run(recorded(main))`."""

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.runtime.errors import clear_errors
from pipeline.runtime.logs import log_to_stderr
from pipeline.runtime.provenance import recording
from pipeline.runtime.publication import finish_publications
from stages.checks import check, check_kept

CODE = (
    "pipeline",
    "stages",
    "params.yaml",
    "baselines.yaml",
    "dvc.yaml",
    "requirements.txt",
    "constraints.txt",
)
"""What decides on outputs beside the data; dvc.lock and metrics/ change while the pipeline runs."""
HASHED = ("params.yaml", "baselines.yaml", "dvc.lock")
UNCOUNTED = {"sample", "preprocess"}
"""Stages that run before the dataset is counted."""
UNEXPLAINED = {*UNCOUNTED, "explanations", "embeddings", "neighbours", "identifiers", "baseline"}
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
