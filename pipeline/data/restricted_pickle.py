"""Unpickling of plain data only: containers, strings and numbers; anything else is refused, not run."""

import io
import pickle
from pathlib import Path
from typing import Any

from pipeline.data.raw_lines import read_whole
from pipeline.data.records import DatasetError

# Containers, strings and numbers mostly need no name at all; these few are written by name.
_ADMITTED = {
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "list"),
    ("builtins", "dict"),
    ("builtins", "int"),
    ("builtins", "float"),
    ("builtins", "str"),
}


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module.replace("__builtin__", "builtins"), name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"it names {module}.{name}; only plain data is read")
        return super().find_class(module, name)


def load_plain(path: Path) -> Any:
    """Return the plain data of a pickle file, plain or gzipped; raises DatasetError for anything else."""
    content = read_whole(path)
    try:
        return _PlainUnpickler(io.BytesIO(content)).load()
    # A damaged pickle can fail in any operation of its little machine.
    except Exception as error:
        raise DatasetError(f"{path}: not a pickle of plain data: {error}") from None
