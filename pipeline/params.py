"""`params.yaml` and `baselines.yaml` to frozen, typed sections: all faults at once, unknown keys among them.

A section is a `Section` subclass beside the code that it configures. A stage names the sections it
reads as the fields of one `Section` of its own and hands that to `read_params`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, SequenceNode


class Section(BaseModel):
    """Base of every params section: immutable, strictly typed, no unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class ParamsError(ValueError):
    """One or more faults in the params file; the message lists each with key, value seen and value wanted."""


S = TypeVar("S", bound=Section)

SECOND_FILES = {"params.yaml": "baselines.yaml"}
"""By the name of a params file, the file beside it that holds further sections."""


def dvc_path(usual: str) -> AfterValidator:
    """Validate a path that dvc.yaml depends on: DVC ends with "unexpected error" where one is empty.

    `usual` is the path to name where the parameter isn't needed.
    """

    def named(path: str) -> str:
        if not path.strip():
            raise ValueError(f"DVC wants a name: {usual}")
        return path

    return AfterValidator(named)


LARGEST_NUMBER = 2**31 - 1
"""Largest whole number of a parameter: what every library behind can count to."""
_MOST_VALUES = 10_000
_DEEPEST = 20
_SHOWN = 80


class _Constructor(SafeConstructor):
    """Values of YAML 1.2, as DVC reads them; a date stays text."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    return yaml


def _read(text: str) -> Any:
    return _yaml().load(text)


def _told(error: Exception) -> str:
    """Return where and what is wrong, without the advice that ruamel gives to programmers."""
    if isinstance(error, MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return str(error)


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping of names to plain values.

    Raises ParamsError when the file is absent, not YAML, not a mapping, or has a key twice.
    """
    try:
        document = _read(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ParamsError(f"{path}: no such file") from None
    except RecursionError:
        raise ParamsError(f"{path}: not readable as YAML: nested too deeply") from None
    # ValueError: text that isn't UTF-8, or what a tag announces isn't there (!!int x).
    except (YAMLError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise ParamsError(f"{path}: not readable as YAML: {_told(error)}") from None
    if not isinstance(document, dict):
        raise ParamsError(f"{path}: expected a mapping of sections, found {type(document).__name__}")
    if odd := [name for name in document if not isinstance(name, str)]:
        raise ParamsError(f"{path}: expected names as keys, found {_shown(odd[0])}")
    return document


def files_of(path: Path) -> list[Path]:
    """Return a params file, and the file beside it where it has one."""
    second = path.with_name(SECOND_FILES.get(path.name, path.name))
    return [path, second] if second != path and second.is_file() else [path]


def load_params(path: Path) -> dict[str, Any]:
    """Read the sections of a params file and of the file beside it as one mapping.

    Raises ParamsError as `load_yaml` does, and where a section stands in both.
    """
    document: dict[str, Any] = {}
    for file in files_of(path):
        found = load_yaml(file)
        if twice := sorted(document.keys() & found.keys()):
            raise ParamsError(f"{file}: {twice[0]} stands in {path.name} too; delete one of the two")
        document |= found
    return document


def place(path: Path, key: str) -> str:
    """Return ", line 3 of params.yaml" for a dotted key, or for the section that lacks it; "" for none."""
    for file in files_of(path):
        node = _yaml().compose(file.read_text(encoding="utf-8-sig"))
        line = 0
        for part in key.split("."):
            inner = dict(_inner(node))
            if part not in inner:
                break
            node, line = inner[part]
        if line:
            return f", line {line} of {file.name}"
    return ""


def _inner(node: Any) -> Iterator[tuple[str, tuple[Any, int]]]:
    """Yield what stands in a mapping or list, by key or number, with its line from 1."""
    if isinstance(node, MappingNode):
        for name, value in node.value:
            yield name.value, (value, name.start_mark.line + 1)
    elif isinstance(node, SequenceNode):
        for number, value in enumerate(node.value):
            yield str(number), (value, value.start_mark.line + 1)


def field_keys(section: type[Section], prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of all fields of a section and of those in it."""
    for name, field in section.model_fields.items():
        yield prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from field_keys(field.annotation, f"{prefix}{name}.")


def completed(values: Mapping[str, Any], section: type[Section]) -> dict[str, Any]:
    """Return `values` with the defaults of all that they leave out, in the order of `section`'s fields.

    What `section` doesn't know, or has another shape, stays as it is, at the end.
    """
    found: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        kind = field.annotation
        value = values.get(name, {})
        if isinstance(kind, type) and issubclass(kind, Section) and isinstance(value, Mapping):
            found[name] = completed(value, kind)
        elif name in values:
            found[name] = value
        elif not field.is_required():
            found[name] = list(field.default) if isinstance(field.default, tuple) else field.default
    return found | {name: value for name, value in values.items() if name not in found}


def meant(key: str, section: type[Section]) -> str:
    """Return "; is training.epochs meant?" for a key that is nearly one of `section`'s, "" for none."""
    nearest = get_close_matches(key, list(field_keys(section)), 1)
    return f"; is {nearest[0]} meant?" if nearest else ""


def parse_value(text: str) -> Any:
    """Read one value as params.yaml would; raises ParamsError for what isn't one."""
    try:
        return _read(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise ParamsError(f"{_shown(text)}: not readable as YAML: {_told(error)}") from None


def _odd_values(key: str, value: Any, values: Iterator[int], largest: int) -> Iterator[tuple[str, str]]:
    """Yield key and fault of what no parameter can be: no plain value, or a number beyond all use."""
    if next(values) > _MOST_VALUES or key.count(".") > _DEEPEST:
        # References (&a, *a) let a short file hold more than a machine can.
        raise ParamsError(f"more than {_MOST_VALUES} values, or nested deeper than {_DEEPEST}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _odd_values(f"{key}.{number}", one, values, largest)
    elif isinstance(value, dict):
        for name, one in value.items():
            if isinstance(name, str):
                yield from _odd_values(f"{key}.{name}".lstrip("."), one, values, largest)
            else:
                yield key, f"  {key}: the key {_shown(name)} is no text"
    elif isinstance(value, int) and abs(value) > largest:
        yield key, f"  {key}: at most {largest} either side of 0 wanted (found {_shown(value)})"
    elif not (value is None or isinstance(value, str | int | float)):
        yield key, f"  {key}: text, a number, true, false, a list or a mapping wanted (found {_shown(value)})"


def read_params(sections: type[S], path: Path = Path("params.yaml"), largest: int = LARGEST_NUMBER) -> S:
    """Return the fields of `sections` from `path` and the file beside it (`SECOND_FILES`).

    Other top-level keys are left to other stages. No number may be beyond `largest`.
    Raises ParamsError with every fault of these sections at once.
    """
    return parse_params(sections, load_params(path), path, largest)


def parse_params(sections: type[S], document: dict[str, Any], path: Path, largest: int = LARGEST_NUMBER) -> S:
    """Return the fields of `sections` from what `load_params` read of `path`, as `read_params` does."""
    wanted = {key: document[key] for key in sections.model_fields if key in document}
    try:
        faults = dict(_odd_values("", wanted, count(1), largest))
    except ParamsError as error:
        raise ParamsError(f"{path}: {error}") from None
    try:
        # Through JSON, where strictness still lets a list stand for a tuple and a word for an enum.
        found = sections.model_validate_json(json.dumps(wanted, default=repr, skipkeys=True))
    except ValidationError as error:
        for fault in error.errors():
            faults.setdefault(_key(dict(fault)), _describe(dict(fault), sections))
    if faults:
        told = [text + place(path, key) for key, text in faults.items()]
        raise ParamsError(f"{path}: {len(faults)} fault(s)\n" + "\n".join(told))
    return found


def _key(fault: dict[str, Any]) -> str:
    return ".".join(str(part) for part in fault["loc"]) or "(all)"


def _describe(fault: dict[str, Any], sections: type[Section]) -> str:
    key = _key(fault)
    if fault["type"] == "missing":
        return f"  {key}: missing"
    if fault["type"] == "extra_forbidden":
        return f"  {key}: unknown key (value {_shown(fault['input'])}){meant(key, sections)}"
    return f"  {key}: {fault['msg']} (found {_shown(fault['input'])})"


def _shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 10**_SHOWN:
        return f"one of more than {_SHOWN} digits"
    # An address may hold a password.
    text = re.sub(r"//[^/\s]*@", "//...@", repr(value))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
