"""Predictions in shards of a task's questions, so that a killed run goes on behind its last whole shard."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from pipeline.artifacts import ArtifactError, read_table, write_table

log = logging.getLogger(__name__)

Q = TypeVar("Q")


def in_shards(
    path: Path,
    schema: pa.Schema,
    questions: Sequence[Q],
    size: int,
    answer: Callable[[Sequence[Q]], Mapping[str, Any]],
) -> pa.Table:
    """Return the answers to all questions, shard by shard; shards that an earlier run finished are read.

    Args:
        path: folder of the shards, keyed by all that answers depend on.
        schema: columns of the answers.
        size: questions a shard, the last may have fewer; whole batches, so that padding stays small.
        answer: questions to columns of `schema`, in their final order.
    """
    tables = [schema.empty_table()]
    for start in range(0, len(questions), size):
        shard = path / f"{start:09}.parquet"
        finished = _finished(shard, schema)
        if finished is None:
            write_table(shard, schema, answer(questions[start : start + size]))
            finished = read_table(shard, schema)
        tables.append(finished)
    return pa.concat_tables(tables).combine_chunks()


def _finished(shard: Path, schema: pa.Schema) -> pa.Table | None:
    if not shard.exists():
        return None
    try:
        return read_table(shard, schema)
    except (ArtifactError, OSError, pa.ArrowException) as error:
        log.warning("%s; answered anew", error)
        return None
