"""Metrics files with clear errors: a missing or misshapen field is named with its file."""

from dataclasses import dataclass
from typing import Any

Number = int | float


class ReportError(ValueError):
    """An input of the report lacks something; the message names the file and the field."""


@dataclass(frozen=True)
class Document:
    """A part of a JSON file, with the place it came from."""

    source: str
    values: dict[str, Any]

    def get(self, key: str) -> Any:
        """Return the field `key`; raises ReportError when it is absent."""
        if key not in self.values:
            found = ", ".join(sorted(self.values)) or "no fields"
            raise ReportError(f"{self.source}: no field {key!r}; found {found}")
        return self.values[key]

    def number(self, key: str) -> Number:
        """Return the number `key`; raises ReportError when it is absent or not a number."""
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ReportError(f"{self.source}: field {key!r} is {value!r}, a number is wanted")
        return value

    def section(self, key: str) -> "Document":
        """Return the mapping `key`; raises ReportError when it is absent or not a mapping."""
        value = self.get(key)
        if not isinstance(value, dict):
            raise ReportError(f"{self.source}: field {key!r} is {value!r}, a mapping is wanted")
        return Document(f"{self.source}: {key}", value)

    def names(self, key: str) -> list[str]:
        """Return the list of names `key`; raises ReportError when it is absent or not such a list."""
        value = self.get(key)
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise ReportError(f"{self.source}: field {key!r} is {value!r}, a list of names is wanted")
        return value


def document(source: str, values: Any) -> Document:
    """Return a whole JSON file as a Document; raises ReportError when it isn't a mapping."""
    if not isinstance(values, dict):
        raise ReportError(f"{source}: {type(values).__name__} found, a mapping is wanted")
    return Document(source, values)
