"""Rows that run, held against the code: their files exist, and their commands name what there is."""

import shlex
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from experiments.presets import HERE, change, changes, check_known, names, preset
from experiments.sweeps import sweep, sweep_names
from experiments.systems.registry import System, Systems
from pipeline.params import ParamsError, parse_params
from stages.parameters import Params, all_parameters
from tools.check_combinations import COMBINATIONS, broken

ROOT = HERE.parent


def faults(systems: Systems, root: Path = ROOT) -> list[str]:
    """Return what rows name that isn't there, one line each."""
    return [
        f"{section}: {name}: {fault}"
        for section, rows in systems.items()
        for name, system in rows.items()
        for fault in _faults_of(system, root)
    ]


def _faults_of(system: System, root: Path) -> Iterator[str]:
    for kind in ("module", "test"):
        path = getattr(system, kind)
        if path is not None and not (root / path).is_file():
            yield f"{kind} {path}: no such file"
    if system.module is not None and system.test is not None and (root / system.test).is_file():
        name = Path(system.module).stem
        if name not in (root / system.test).read_text(encoding="utf-8"):
            yield f"test {system.test}: says nothing of {name}"
    if system.command is not None:
        try:
            _check(set_by(system.command))
        except ParamsError as error:
            yield f"command {system.command}: {error}"


def set_by(command: str) -> dict[str, Any]:
    """Return the parameters that a command of `dvc exp run` or `python -m experiments` sets, by dotted key.

    Other modules that there are set none. Raises ParamsError where it names a preset, a sweep, a variant, an
    option or a module that there isn't.
    """
    words = shlex.split(command)
    for start, read in ((["dvc", "exp", "run"], _plain), (["python", "-m", "experiments"], _experiment)):
        if words[: len(start)] == start:
            return read(words[len(start) :])
    module = "".join(words[2:3]).replace(".", "/")
    if words[:2] == ["python", "-m"] and (ROOT / f"{module}.py").is_file():
        return {}
    raise ParamsError("dvc exp run, python -m experiments or a command of tools is wanted")


def _plain(words: list[str]) -> dict[str, Any]:
    options = _options(words, {"-S"})
    return changes(options["-S"])


def _experiment(words: list[str]) -> dict[str, Any]:
    if not words:
        raise ParamsError("the name of a preset or a sweep is wanted")
    name, *rest = words
    options = _options(rest, {"-S", "--preset", "--raw", "--metadata", "--variant"})
    if name in _presets():
        return preset(name)["params"] | changes(options["-S"])
    if name not in _sweeps():
        raise ParamsError(f"{name}: none of the presets {', '.join(_presets())}, nor a sweep")
    variants = {one.label: one.params for one in sweep(name).variants()}
    chosen: dict[str, Any] = {}
    for label in options["--preset"]:
        chosen |= preset(label)["params"]
    for label in options["--variant"]:
        if label not in variants:
            raise ParamsError(f"--variant {label}: the variants of {name} are {'; '.join(variants)}")
        chosen |= variants[label]
    return chosen | changes(options["-S"])


def _options(words: list[str], known: set[str]) -> dict[str, list[str]]:
    """Return the values of options, each of which has one."""
    found: dict[str, list[str]] = {option: [] for option in known}
    for option, value in zip(words[::2], [*words[1::2], ""], strict=False):
        if option not in known or not value:
            raise ParamsError(f"{option}: one of {', '.join(sorted(known))} with a value is wanted")
        found[option].append(value)
    return found


# A hundred rows name the same few files, which take long to parse.
_presets = cache(names)
_sweeps = cache(sweep_names)
_parameters = cache(all_parameters)


def _check(changed: dict[str, Any]) -> None:
    """Raise ParamsError where parameters aren't sound with these changes."""
    check_known(changed)
    path = ROOT / "params.yaml"
    values = deepcopy(_parameters(path))
    for key, value in changed.items():
        change(values, key, value)
    for fault in broken(COMBINATIONS, dict(parse_params(Params, values, path))):
        raise ParamsError(fault)
