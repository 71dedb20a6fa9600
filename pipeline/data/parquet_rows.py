"""Rows of a Parquet file, a batch at a time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.data.records import DatasetError, Faults

_BATCH = 4096


def parquet_names(path: Path) -> list[str]:
    """Return the names of the columns; raises DatasetError naming a file that is damaged."""
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(path, error) from None


def parquet_rows(
    path: Path, names: Sequence[str | None], faults: Faults
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield row number from 1 and the values of the columns called `names`, None for one without a name.

    Times come as Unix seconds. Raises DatasetError where the file is damaged.
    """
    faults.place = "row"
    wanted = [name for name in names if name is not None]
    row = 0
    try:
        for batch in pq.ParquetFile(path).iter_batches(_BATCH, columns=wanted):
            nothing: list[None] = [None] * len(batch)
            columns = [nothing if name is None else _plain(batch[name]).to_pylist() for name in names]
            for values in zip(*columns, strict=True):
                row += 1
                faults.read += 1
                yield row, values
    # ValueError: text that isn't UTF-8.
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        if isinstance(error, DatasetError):
            raise
        raise _damaged(path, error, f" after row {row}") from None


def _plain(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        zone = kind.tz if pa.types.is_timestamp(kind) else None
        return column.cast(pa.timestamp("s", zone), safe=False).cast(pa.int64())
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return column.cast(pa.string())
    return column


def _damaged(path: Path, error: Exception, where: str = "") -> DatasetError:
    return DatasetError(
        f"{path}: a damaged Parquet file{where}, or not one ({error}); fetch or write it again"
    )
