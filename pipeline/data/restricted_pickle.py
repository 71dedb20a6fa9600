"""Unpickling of plain data only: containers, strings and numbers; anything else is refused, not run.

Python's own C unpickler lets a few bytes claim gigabytes (a memo index, the length of a byte array), so the
Python one is used, and of its instructions only those that plain data needs.
"""

import io
import pickle
from pathlib import Path
from typing import Any, NoReturn

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
# What makes instances, sets attributes, reads from outside, or reserves memory that the file doesn't fill.
_REFUSED = (
    pickle.BUILD,
    pickle.INST,
    pickle.OBJ,
    pickle.NEWOBJ,
    pickle.NEWOBJ_EX,
    pickle.EXT1,
    pickle.EXT2,
    pickle.EXT4,
    pickle.PERSID,
    pickle.BINPERSID,
    pickle.BYTEARRAY8,
    pickle.NEXT_BUFFER,
    pickle.READONLY_BUFFER,
)


def _refuse(_: Any) -> NoReturn:
    raise pickle.UnpicklingError("it holds an instruction that plain data doesn't need")


class _PlainUnpickler(pickle._Unpickler):
    dispatch = {**pickle._Unpickler.dispatch, **{code[0]: _refuse for code in _REFUSED}}  # noqa: RUF012

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
