"""Finished experiments: what they left in git (parameters, metrics) and in DVC's cache (tables)."""

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pyarrow as pa
from dvc.api import DVCFileSystem

from experiments.presets import PLACES
from pipeline import tables
from pipeline.artifacts import ArtifactError, read_json, read_table
from pipeline.evaluation.schema.document import Document
from pipeline.params import completed, parse_value
from pipeline.report.methods import KNOWN
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.registry import PEAPOD
from stages.parameters import Params

D = TypeVar("D", bound=Document)
CODE = ("pipeline", "stages", "dvc.yaml")
"""What an experiment's outputs are made by; `dvc exp run` takes uncommitted changes of it along."""

METRICS_FILES = (
    "dataset",
    "embeddings",
    "identifiers",
    "training",
    "sequential",
    "topn",
    "beyond",
    "explanation",
    "leakage",
)
"""The metrics files of every run."""


def commit_of(name: str) -> str | None:
    """Return the newest commit of the experiment called `name`, or None."""
    found = git("for-each-ref", "--sort=-committerdate", "--format=%(objectname)", f"refs/exps/**/{name}")
    return found.split()[0] if found.split() else None


def records_of(name: str) -> Path:
    """Return the folder of what the stages of experiment `name` record, by stage, in this clone.

    A stage that DVC takes from its cache records nothing: what it recorded before stays.
    """
    return Path("runs/experiments") / name


def git(*arguments: str) -> str:
    """Return what a git command prints; raises ArtifactError with git's own message where it fails."""
    # Messages in English, whatever the user's language: some are looked for.
    environment = os.environ | {"LC_ALL": "C"}
    try:
        ran = subprocess.run(
            ["git", *arguments], capture_output=True, text=True, encoding="utf-8", env=environment
        )
    except FileNotFoundError:
        raise ArtifactError("git isn't on the PATH; experiments need it: install it") from None
    if ran.returncode:
        raise ArtifactError(f"git {' '.join(arguments)}: {ran.stderr.strip()}")
    return ran.stdout


@dataclass(frozen=True)
class Run:
    """A finished run by its commit; `name` is for messages."""

    name: str
    commit: str

    here = True
    """Whether it is an experiment of this clone."""

    @cached_property
    def params(self) -> dict[str, Any]:
        """The parameters that it ran with, today's defaults for those that its files leave out.

        A run without baselines.yaml is of a time when params.yaml had them all: what it lacks wasn't there.
        """
        found = git("ls-tree", "--name-only", self.commit, "params.yaml", "baselines.yaml").split()
        return joined([git("show", f"{self.commit}:./{name}") for name in found])

    @cached_property
    def seconds(self) -> dict[str, float]:
        """Seconds that each of its stages took in this clone, as far as they were run for it."""
        records = sorted(records_of(self.name).glob("*.json"))
        return {record.stem: float(read_json(record)["seconds"]) for record in records}

    @cached_property
    def code(self) -> str:
        """The commit whose code ran, with a + where the code wasn't quite that commit's."""
        parent = git("rev-parse", "--short", f"{self.commit}^").strip()
        return parent + (
            "+" if git("diff", "--name-only", f"{self.commit}^", self.commit, "--", *CODE) else ""
        )

    def metrics(self, kind: type[D], name: str = "") -> D:
        """Return one of its metrics files, of a method's that of the method called `name`."""
        file = kind.file.format(name=name)
        return kind.parse(self.stored(file.removesuffix(".json")), f"experiment {self.name}: metrics/{file}")

    def stored(self, name: str) -> Any:
        """Return what stands in metrics/NAME.json."""
        return json.loads(git("show", f"{self.commit}:./metrics/{name}.json"))

    @cached_property
    def held_out(self) -> str:
        """The SHA-256 of users, items and what is held out: where it is the same, users can be paired."""
        digest = hashlib.sha256()
        for name, schema, columns in _HELD_OUT:
            table = self.table(f"data/preprocessed/{name}.parquet", schema)
            digest.update(json.dumps([table[column].to_pylist() for column in columns]).encode())
        return digest.hexdigest()

    def table(self, path: str, schema: pa.Schema) -> pa.Table:
        """Read one of its tables from DVC's cache; raises ArtifactError where the cache has none."""
        with TemporaryDirectory() as folder:
            local = Path(folder) / Path(path).name
            try:
                self._files.get_file(path, str(local))
            except FileNotFoundError:
                raise ArtifactError(
                    f"experiment {self.name}: {path} isn't in DVC's cache; run it again with --force"
                ) from None
            return read_table(local, schema)

    @cached_property
    def _files(self) -> DVCFileSystem:
        return DVCFileSystem(rev=self.commit)


def joined(texts: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of params.yaml and, where a run had it, baselines.yaml."""
    values = {key: value for text in texts for key, value in parse_value(text).items()}
    return completed(values, Params) if len(texts) > 1 else values


_HELD_OUT = (
    ("users", tables.USERS, ("user_id",)),
    ("items", tables.ITEMS, ("item_id",)),
    ("test", tables.INTERACTIONS, ("user", "item")),
)


def trained_tasks(params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the tasks that a run's model is asked about; PeaPOD's before there was a choice."""
    return tuple(parameter(params, "prompts.tasks") or (task.name for task in PEAPOD))


def metrics_files(params: Mapping[str, Any]) -> list[str]:
    """Return the metrics files that a run with these parameters leaves, as `Run.stored` names them."""
    asked = [CHOICE.name] if CHOICE.name in trained_tasks(params) else []
    return [*METRICS_FILES, *asked] + [
        f"{section}/{name}"
        for section in ("baselines", "explanation_baselines", "audits")
        for name in parameter(params, f"evaluation.{section}") or ()
    ]


def parameter(params: Mapping[str, Any], key: str) -> Any:
    """Return a parameter by its dotted key, None where there is none."""
    found: Any = params
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def matters(key: str, params: Mapping[str, Any]) -> bool:
    """Return whether a run with `params` uses `key`; a baseline's own only where that baseline ran."""
    section, _, rest = key.partition(".")
    name = rest.partition(".")[0]
    if section not in ("baselines", "explanation_baselines") or name not in KNOWN:
        return True
    return name in (parameter(params, f"evaluation.{section}") or ())


def check_parameters(run: Run, params: Mapping[str, Any]) -> None:
    """Raise ArtifactError where an experiment ran with other parameters than its description's.

    Those of baselines that didn't run in it don't count, nor where another machine had its data.
    """
    for key, wanted in params.items():
        found = parameter(run.params, key)
        # A parameter that the experiment's commit didn't have yet is none that it could differ in.
        counts = matters(key, run.params) and (run.here or key not in PLACES)
        if found is not None and found != wanted and counts:
            raise ArtifactError(
                f"experiment {run.name} ran with {key} {found!r}, params.yaml, its preset or its sweep says "
                f"{wanted!r}: run it again with --force"
            )


def defining(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters by dotted key but those that say where a run is computed and how it is shown.

    With others of these it is the same run.
    """
    return {key: value for key, value in params.items() if not key.startswith(("runtime.", "report."))}


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested parameters by dotted key."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= flatten(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: value}
    return flat


def code_differs(code: str) -> bool:
    """Return whether a run's `code` isn't that of the working tree, or isn't known here."""
    command = ["git", "diff", "--quiet", code.rstrip("+"), "--", *CODE]
    return code.endswith("+") or subprocess.run(command, capture_output=True).returncode != 0
