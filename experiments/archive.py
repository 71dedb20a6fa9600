"""Finished experiments as files, so that the variants of a sweep can run on several machines.

An experiment lives in one clone, its outputs in that clone's cache. `experiments/results/runs/NAME.npz` holds
what tables are made of: parameters, metrics, and every method's sums by user. Committed, it stands for the
experiment wherever there is none of its name.
"""

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.presets import HERE, PLACES, change
from experiments.runs import Run, commit_of, metrics_files, parameter
from experiments.scores import POPULAR, Scores, Wanted, scores
from pipeline.artifacts import ArtifactError, atomic_path
from pipeline.evaluation.choice import choice_statistics
from pipeline.evaluation.explanation import AGREEMENT_COLUMNS, BLEU_COLUMNS, MEANS, text_statistics
from pipeline.evaluation.recommendation import MODEL
from pipeline.evaluation.sufficient_statistics import Statistic, SufficientStatistics, ranking_statistics
from pipeline.report.methods import FLOORS
from pipeline.tasks.choice import CHOICE

FORMAT = 1
RUNS = HERE / "results/runs"


@dataclass(frozen=True)
class ArchivedRun(Run):
    """A run that is a file.

    Attributes:
        document: `format`, `code`, `held_out`, `params`, `metrics` by file, `figures` by task and method,
            `seconds` by stage, which older files lack.
        sums: the columns of each method's `SufficientStatistics` by "TASK METHOD".
    """

    document: dict[str, Any] = field(default_factory=dict)
    sums: dict[str, np.ndarray] = field(default_factory=dict)

    here = False

    def __post_init__(self) -> None:
        """Take what a run reads from git and cache from the document."""
        self.__dict__.update({name: self.document[name] for name in ("params", "code", "held_out")})
        self.__dict__["seconds"] = self.document.get("seconds", {})

    def stored(self, name: str) -> Any:
        """Return one of its metrics files; raises ArtifactError for one that wasn't archived."""
        if name not in self.document["metrics"]:
            raise ArtifactError(
                f"{archived_file(self.name)}: metrics/{name}.json isn't archived; run it with --force"
            )
        return self.document["metrics"][name]

    def table(self, path: str, schema: pa.Schema) -> pa.Table:
        """Raise ArtifactError: an archived run has no tables."""
        raise ArtifactError(f"experiment {self.name} is archived without {path}; run it again with --force")

    @property
    def scores(self) -> Scores:
        """Every method's sums by user, by task."""
        cutoffs = self.params["evaluation"]
        statistics: dict[str, dict[str, Statistic]] = {
            task: ranking_statistics(tuple(cutoffs[f"{task}_cutoffs"])) for task in ("sequential", "topn")
        }
        statistics["explanation"] = text_statistics()
        return {
            task: {
                method: SufficientStatistics(
                    self.sums[f"{task} {method}"],
                    # Which figures there are depends on what a method wrote.
                    choice_statistics(names)
                    if task == CHOICE.name
                    else {name: statistics[task][name] for name in names},
                )
                for method, names in methods.items()
            }
            for task, methods in self.document["figures"].items()
        }


def archived_file(name: str) -> Path:
    """Return where the experiment called `name` is archived."""
    return RUNS / f"{name}.npz"


def find_run(name: str) -> Run | None:
    """Return what is archived of experiment `name`, or this clone's experiment of that name, or None.

    Raises ArtifactError where there are both and other code ran.
    """
    commit = commit_of(name)
    path = archived_file(name)
    archived = read_run(path) if path.is_file() else None
    if commit is None:
        return archived
    run = Run(name, commit)
    if archived is None or run.code.endswith("+"):
        return run
    if archived.code != run.code:
        raise ArtifactError(
            f"experiment {name} ran here with code of {run.code}, {path} with code of {archived.code}: "
            f"delete the file to take the one, `dvc exp remove {name}` for the other, or run it again with "
            f"--force"
        )
    return archived


def scores_of(run: Run, wanted: Wanted) -> Scores:
    """Score a run as `scores` does, or take what is archived of its scores."""
    if not isinstance(run, ArchivedRun):
        return scores(run, wanted)
    return {
        task: {method: sums for method, sums in methods.items() if _is_wanted(method, wanted)}
        for task, methods in run.scores.items()
    }


def _is_wanted(method: str, wanted: Wanted) -> bool:
    if method == MODEL:
        return True
    if method in {key for key, *_ in FLOORS}:
        return wanted.floors
    return wanted.baselines or (wanted.floors and method == POPULAR)


def archive_run(run: Run) -> Path:
    """Write what tables need of an experiment and return the file; the same run gives the same bytes."""
    found = scores(run, Wanted(baselines=True, floors=True))
    document = {
        "format": FORMAT,
        "layout": _layout(run.params),
        "code": run.code,
        "held_out": run.held_out,
        "seconds": run.seconds,
        "params": _without_paths(run.params),
        "metrics": {name: run.stored(name) for name in metrics_files(run.params)},
        "figures": {
            task: {method: list(sums.metrics) for method, sums in methods.items()}
            for task, methods in found.items()
        },
    }
    # Not sorted by key: methods and figures stand in the order of the tables.
    text = json.dumps(document).encode()
    arrays = {"document": np.frombuffer(text, dtype=np.uint8)}
    for task, methods in found.items():
        for method, sums in methods.items():
            arrays |= dict(_packed(f"{task} {method}", sums.columns))
    path = archived_file(run.name)
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return path


def _layout(params: dict[str, Any]) -> dict[str, Any]:
    """Return what the columns of the sums are; read with another layout they would be other figures."""
    cutoffs = {task: tuple(params["evaluation"][f"{task}_cutoffs"]) for task in ("sequential", "topn")}
    return {task: list(ranking_statistics(found)) for task, found in cutoffs.items()} | {
        "explanation": [BLEU_COLUMNS, AGREEMENT_COLUMNS, *MEANS]
    }


def _without_paths(params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters without the folders of the data, which are another machine's."""
    named = deepcopy(params)
    for key in PLACES:
        found = parameter(params, key)
        if found is not None:
            change(named, key, Path(found).name)
    return named


def _packed(name: str, columns: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the distinct rows of `columns` [N, S] and which of them each row is: ranks have few."""
    rows, places = np.unique(columns, axis=0, return_inverse=True)
    yield f"{name} rows", rows
    yield f"{name} places", places.astype(np.min_scalar_type(len(rows)))


def read_run(path: Path) -> ArchivedRun:
    """Read an archived run; raises ArtifactError naming the file where it isn't one of ours, or damaged."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = dict(file)
        document = json.loads(arrays.pop("document").tobytes())
    # Of a damaged archive numpy raises what its parts do, and not all of them share a kind.
    except Exception as error:
        raise ArtifactError(f"{path}: no archived run, or a damaged one ({error}); fetch it anew") from None
    if document.get("format") != FORMAT or document["layout"] != _layout(document["params"]):
        raise ArtifactError(
            f"{path}: format {document.get('format')!r} with columns {document.get('layout')!r}, others are "
            f"wanted (format {FORMAT}): run the experiment again with --force"
        )
    sums = {
        f"{task} {method}": arrays[f"{task} {method} rows"][arrays[f"{task} {method} places"]]
        for task, methods in document["figures"].items()
        for method in methods
    }
    return ArchivedRun(path.stem, "", document, sums)
