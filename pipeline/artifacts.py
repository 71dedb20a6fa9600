"""Reading and writing of artifacts: Parquet with a checked schema, JSON with sorted keys, atomic writes.

A file or folder appears under its name only when it is complete: it is written under a temporary name beside
it, flushed to disk and renamed. What a killed run left under such a name goes when the next one writes there.
"""

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


class ArtifactError(ValueError):
    """An artifact isn't what its reader or writer was promised; the message names the file."""


UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
"""Error numbers of what can't be written."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield an empty temporary file beside `path`; on success rename it to `path`, on any error remove it.

    Raises OSError naming `path` where it can't be written: no space, too large, no permission.
    """
    with _temporary(path) as temporary:
        temporary.touch()
        yield temporary
        flush(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
        flush(path.parent)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; on success it replaces `path`, on any error it goes.

    A folder that was at `path` is never mixed with the new one. Raises OSError as `atomic_path`.
    """
    with scratch_folder(path) as temporary:
        new = temporary / "new"
        former = temporary / "former"
        new.mkdir()
        yield new
        for entry in (*new.rglob("*"), new):
            flush(entry)
        if path.exists():
            path.rename(former)
        new.rename(path)
        flush(path.parent)


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`, for what only the making of `path` needs; it goes at the end."""
    with _temporary(path) as temporary:
        temporary.mkdir()
        yield temporary


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    temporary = temporary_name(path)
    try:
        yield temporary
    except OSError as error:
        # Of other errors the body's own are the better ones: they may be about what it reads.
        if error.errno in UNWRITABLE and temporary.name in str(error.filename or temporary):
            raise OSError(error.errno, f"{path}: not written: {os.strerror(error.errno)}") from error
        raise
    finally:
        remove(temporary)


def temporary_name(path: Path) -> Path:
    """Return a free temporary name beside `path`, in a folder that is there; earlier ones for `path` go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stale = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.tmp")
    for entry in path.parent.iterdir():
        if stale.fullmatch(entry.name):
            remove(entry)
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def remove(path: Path) -> None:
    """Remove a file or a folder with all that it holds, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():  # A read-only disk refuses to remove even what isn't there.
        path.unlink()


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows can't open folders.
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically, with "\\n" line ends on every system."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted keys, two-space indent and a final newline; NaN and infinity are refused."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file; raises ArtifactError naming the file when it is absent or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactError(f"{path}: no such file") from None
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{path}: not JSON: {error}") from None


def file_md5(path: Path) -> str | None:
    """Return the MD5 of a file, as dvc.lock has it; None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def make_table(schema: pa.Schema, columns: Mapping[str, Any]) -> pa.Table:
    """Build a table of exactly `schema` from arrays or lists; raises ArtifactError if the names differ."""
    if set(columns) != set(schema.names):
        raise ArtifactError(f"columns {sorted(columns)} given, {sorted(schema.names)} wanted")
    return pa.table({field.name: _column(columns[field.name], field) for field in schema}, schema=schema)


def _column(values: Any, field: pa.Field) -> pa.Array | pa.ChunkedArray:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(field.type)
    if pa.types.is_list(field.type) and isinstance(values, np.ndarray) and values.ndim == 2:
        return _list_column(values, field.type)
    return pa.array(values, type=field.type)


def _list_column(matrix: np.ndarray, kind: pa.DataType) -> pa.Array:
    offsets = pa.array(np.arange(len(matrix) + 1, dtype=np.int32) * matrix.shape[1])
    return pa.ListArray.from_arrays(offsets, pa.array(matrix.reshape(-1), type=kind.value_type), type=kind)


def write_table(path: Path, schema: pa.Schema, columns: Mapping[str, Any] | pa.Table) -> None:
    """Write one Parquet file atomically, after checking it against `schema`."""
    table = columns if isinstance(columns, pa.Table) else make_table(schema, columns)
    with table_writer(path, schema) as writer:
        writer.write_table(table)


@contextmanager
def table_writer(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """Yield a ParquetWriter for row groups of `schema`; the file appears at `path` only on success."""
    with atomic_path(path) as temporary:
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            yield writer


def read_table(path: Path, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file (or only `columns` of it) and check its columns and types against `schema`.

    Raises ArtifactError naming file, column, type found and type wanted.
    """
    _check_schema(path, schema)
    with _damage_named(path):
        return pq.read_table(path, columns=list(columns) if columns is not None else None, schema=schema)


def read_batches(path: Path, schema: pa.Schema, rows: int = 4096) -> Iterator[pa.RecordBatch]:
    """Yield record batches of at most `rows` rows, in file order, so that memory stays bounded."""
    _check_schema(path, schema)
    with pq.ParquetFile(path) as file:
        batches = file.iter_batches(batch_size=rows)
        while True:
            with _damage_named(path):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Raise ArtifactError naming the file for whatever Arrow says of a damaged one."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        # With a number it is the system's word, and about the file as a whole: absent, not permitted.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ArtifactError(
            f"{path}: not a Parquet file, or a damaged one ({error}); run the stage that writes it"
        ) from None


def _check_schema(path: Path, schema: pa.Schema) -> None:
    if path.is_dir():
        raise ArtifactError(f"{path}: a folder, a Parquet file wanted")
    try:
        with _damage_named(path):
            found = pq.read_schema(path)
    except FileNotFoundError:
        raise ArtifactError(f"{path}: no such file; run the stage that writes it (dvc repro)") from None
    if found.names != schema.names:
        raise ArtifactError(f"{path}: columns {found.names} found, {schema.names} wanted")
    for field in schema:
        if found.field(field.name).type != field.type:
            kind = found.field(field.name).type
            raise ArtifactError(f"{path}: column {field.name} is {kind}, {field.type} wanted")


def list_matrix(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """Return a list column whose lists are all equally long as a matrix [rows, length]."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if len(array) == 0:
        return np.empty((0, 0), dtype=array.type.value_type.to_pandas_dtype())
    lengths = np.diff(array.offsets.to_numpy())
    if lengths.min() != lengths.max():
        raise ArtifactError(f"lists of {lengths.min()} to {lengths.max()} values, equal lengths wanted")
    return array.flatten().to_numpy(zero_copy_only=False).reshape(len(array), lengths[0])
