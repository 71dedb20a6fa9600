"""Presets: parameter overrides of `params.yaml` for a dataset or a scale, one YAML file each."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.params import ParamsError, field_keys, load_yaml, meant, parse_value
from stages.parameters import Params, file_of

HERE = Path(__file__).parent


def names() -> list[str]:
    """Return the presets there are."""
    return sorted(path.stem for path in HERE.glob("*.yaml") if "factors" not in load_yaml(path))


def preset(name: str) -> dict[str, Any]:
    """Return a preset's description, raw file and params; raises ParamsError for one that isn't there.

    One that wants the items' texts as well says as `metadata` which file has them.
    """
    path = HERE / f"{name}.yaml"
    document = load_yaml(path) if path.is_file() else {}
    if not document or "factors" in document:
        raise ParamsError(f"no preset {name!r}; there are {', '.join(names())}")
    return document


def overrides(name: str | None, raw: Path | None, metadata: Path | None = None) -> dict[str, Any]:
    """Return a preset's parameters by dotted key, the raw file or folder and the metadata among them.

    Without a `name` these are params.yaml's own, and `raw` may be left out too. Raises ParamsError for a
    preset that isn't there, or without a raw file or folder, or metadata that it wants, that is.
    """
    chosen: dict[str, Any] = preset(name) if name else {"raw": "a raw file or a P5 folder", "params": {}}
    if raw is None and name is None:
        return {}
    if raw is None:
        raise ParamsError(_wanted("raw", raw, chosen["raw"]))
    places = {"dataset.raw": _place("raw", raw, chosen["raw"])}
    if metadata is not None:
        places["dataset.metadata"] = _place("metadata", metadata, chosen.get("metadata", "a file"))
    elif "metadata" in chosen:
        raise ParamsError(_wanted("metadata", metadata, chosen["metadata"]))
    return {**places, **chosen["params"]}


def _place(option: str, path: Path, wanted: str) -> str:
    """Return where data lies; raises ParamsError where nothing does."""
    if not path.exists():
        raise ParamsError(_wanted(option, path, wanted))
    if "${" in str(path.resolve()):
        raise ParamsError(
            f"--{option} {path}: DVC takes ${{...}} in a path for a parameter's value; rename it"
        )
    # An experiment may run in a copy of the repository, where a relative path would lead elsewhere.
    return str(path.resolve())


def _wanted(option: str, path: Path | None, wanted: str) -> str:
    return f"--{option} {path}: the preset wants {wanted}, as a path to a file or folder here"


def places_of(name: str | None, told: str = "PATH") -> str:
    """Return the options that say where a preset's data lies; `told` stands in front of its own names."""
    chosen = preset(name) if name else {"raw": ""}
    options = {"raw": chosen["raw"], **({"metadata": chosen["metadata"]} if "metadata" in chosen else {})}
    return " ".join(
        f"--{option} {told}{'' if told == 'PATH' else wanted}" for option, wanted in options.items()
    )


def changes(given: list[str] | None) -> dict[str, Any]:
    """Return `key=value` texts as parameters by dotted key; raises ParamsError for one that isn't such."""
    found: dict[str, Any] = {}
    for one in given or []:
        key, separator, value = one.partition("=")
        if not separator or not key:
            raise ParamsError(f"-S {one}: key=value wanted, as in -S training.epochs=2")
        found[_plain(key)] = parse_value(value)
    return found


def change(document: dict[str, Any], key: str, value: Any) -> None:
    """Set a parameter by its dotted key; its section is there."""
    *sections, last = key.split(".")
    for section in sections:
        document = document[section]
    document[last] = value


def _plain(key: str) -> str:
    """Return a key without DVC's marks for another file and for a key that the file doesn't have."""
    return key.removeprefix(f"{file_of('baselines')}:").lstrip("+")


def check_known(changed: dict[str, Any]) -> None:
    """Raise ParamsError for a changed key that no section has, with the nearest that there is."""
    known = set(field_keys(Params))
    for key in changed:
        if key not in known:
            raise ParamsError(f"-S {key}: no section has such a parameter{meant(key, Params)}")


PLACES = ("dataset.raw", "dataset.metadata", "identifiers.released.path", "embeddings.released.path")
"""Parameters that say where data lies; that two runs read the same is seen by what they made of it."""


def without_folders(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters by dotted key, of files of data their names alone: folders are a machine's own."""
    return {key: Path(value).name if key in PLACES else value for key, value in params.items()}


def changed_name(name: str, changed: Mapping[str, Any]) -> str:
    """Return what an experiment is called that differs from `name` by parameters: no name stands for two.

    Files of data count by their names.
    """
    if not changed:
        return name
    text = json.dumps(without_folders(changed), sort_keys=True)
    short = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:40].strip("-")
    return f"{name}-{short}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def arguments(params: dict[str, Any]) -> list[str]:
    """Return parameters as `-S ++key=value` for `dvc exp run`, of baselines.yaml with its name in front.

    ++ sets a key that the file has, and adds one that it leaves to the default in code.
    """
    files = {"params.yaml": "", "baselines.yaml": "baselines.yaml:"}
    return [
        part
        for key, value in params.items()
        for part in ("-S", f"{files[file_of(key.partition('.')[0])]}++{key}={_hydra(value)}")
    ]


def _hydra(value: Any) -> str:
    """Spell a value as Hydra's override grammar reads it back unchanged."""
    if not isinstance(value, str):
        return json.dumps(value)
    # Backslashes stand for themselves, but in front of a quote.
    doubled = re.sub(r"(\\+)('|$)", r"\1\1\2", value)
    return "'" + doubled.replace("'", "\\'") + "'"
