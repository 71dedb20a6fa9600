"""The stages as dvc.yaml has them, and a folder to run them in: commands, outputs, undisturbed bytes."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.runtime.provenance import FOLDER
from tests.end_to_end.runs import REPOSITORY, SMALL, parameters

CHANGES = SMALL | {
    "decoding.batch_size": 4,
    "training": SMALL["training"] | {"epochs": 3, "save_every": 3},
}
TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.tmp")
UNFINISHED = ("runs/", "metrics/live/")


@dataclass(frozen=True)
class Stage:
    """One stage: its name, module and arguments, and what it writes."""

    name: str
    module: str
    arguments: list[str]
    outputs: list[str]


def read_stages(folder: Path) -> list[Stage]:
    """Return the stages of the repository's dvc.yaml with the parameters of `folder`, in order."""
    params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    document = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))
    return [stage for name, body in document["stages"].items() for stage in _expanded(name, body, params)]


def _expanded(name: str, body: dict[str, Any], params: dict[str, Any]) -> list[Stage]:
    if "foreach" not in body:
        return [_stage(name, body, params)]
    each = body["foreach"]
    items = _lookup(params, each[2:-1]) if isinstance(each, str) else each
    return [_stage(f"{name}@{item}", body["do"], params | {"item": item}) for item in items]


def _stage(name: str, body: dict[str, Any], params: dict[str, Any]) -> Stage:
    filled = yaml.safe_load(
        re.sub(r"\$\{([\w.]+)\}", lambda found: str(_lookup(params, found[1])), yaml.safe_dump(body))
    )
    module, *arguments = filled["cmd"].removeprefix("python -m ").split()
    listed = [entry for key in ("outs", "metrics", "plots") for entry in filled.get(key, [])]
    outputs = [entry if isinstance(entry, str) else next(iter(entry)) for entry in listed]
    return Stage(name, module, arguments, outputs)


def _lookup(params: dict[str, Any], key: str) -> Any:
    value: Any = params
    for part in key.split("."):
        value = value[part]
    return value


def make_folder(folder: Path) -> Path:
    """Return a folder with the parameters of a run of seconds."""
    folder.mkdir(parents=True)
    return parameters(folder, CHANGES)


def remove_outputs(folder: Path, stage: Stage) -> None:
    """Remove what a stage writes, as DVC does before it runs."""
    for name in stage.outputs:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path there, but for records of time and machine."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: content for name, content in found.items() if not name.startswith(f"{FOLDER.as_posix()}/")}


def differences(stage: Stage, found: dict[str, bytes], wanted: dict[str, bytes], finished: bool) -> list[str]:
    """Say what is wrong in a folder, none where all is well.

    A killed stage has all of its outputs or none, and may leave temporary names and unfinished work; a
    finished run leaves neither, and nothing is missing.
    """
    faults = [f"{name}: other bytes" for name in found if name in wanted and found[name] != wanted[name]]
    for name in sorted(found.keys() - wanted.keys()):
        left = name.startswith(UNFINISHED) or any(TEMPORARY.fullmatch(part) for part in name.split("/"))
        if finished or not left:
            faults.append(f"{name}: not an output")
    outputs = {name for name in wanted if any(f"{name}/".startswith(f"{out}/") for out in stage.outputs)}
    there = outputs & found.keys()
    for name in sorted(wanted.keys() - found.keys()):
        if finished or name not in outputs:
            faults.append(f"{name}: missing")
        elif there:
            faults.append(f"{name}: missing, while {len(there)} other files of its stage are there")
    return faults
