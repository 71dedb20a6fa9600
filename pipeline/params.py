"""`params.yaml` to frozen, typed sections: unknown keys and wrong types are refused, all faults at once.

A section is a `Section` subclass beside the code that it configures. A stage names the sections it
reads as the fields of one `Section` of its own and hands that to `read_params`.
"""

import json
import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class Section(BaseModel):
    """Base of every params section: immutable, strictly typed, no unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class ParamsError(ValueError):
    """One or more faults in the params file; the message lists each with key, value seen and value wanted."""


S = TypeVar("S", bound=Section)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's numbers, as DVC writes them: 5e-05 is one, and not text as in YAML 1.1."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping; raises ParamsError when the file is absent, not YAML, or not a mapping."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise ParamsError(f"{path}: no such file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path}: not readable as YAML: {error}") from None
    if not isinstance(document, dict):
        raise ParamsError(f"{path}: expected a mapping of sections, found {type(document).__name__}")
    return document


def read_params(sections: type[S], path: Path = Path("params.yaml")) -> S:
    """Return the fields of `sections` from `path`; other top-level keys are left to other stages.

    Raises ParamsError with every fault of these sections at once.
    """
    document = load_yaml(path)
    wanted = {key: document[key] for key in sections.model_fields if key in document}
    try:
        # Through JSON, where strictness still lets a list stand for a tuple and a word for an enum.
        return sections.model_validate_json(json.dumps(wanted))
    except ValidationError as error:
        faults = [_describe(dict(fault)) for fault in error.errors()]
        raise ParamsError(f"{path}: {len(faults)} fault(s)\n" + "\n".join(faults)) from None


def _describe(fault: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "(all)"
    if fault["type"] == "missing":
        return f"  {key}: missing"
    if fault["type"] == "extra_forbidden":
        return f"  {key}: unknown key (value {fault['input']!r})"
    return f"  {key}: {fault['msg']} (found {fault['input']!r})"
