"""Predictions in shards of a task's questions, so that a killed run goes on behind its last whole shard."""

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
from tqdm import tqdm

from pipeline.artifacts import ArtifactError, read_table, write_table

log = logging.getLogger(__name__)

Q = TypeVar("Q")


BATCHES = 4
"""Batches a shard: what a killed run loses at most."""


class Shards:
    """Answers to questions that are on the disk already, in a folder keyed by all that answers depend on."""

    def __init__(self, folder: Path, batch_size: int) -> None:
        """Take the folder and the questions a batch."""
        self._folder, self._size = folder, BATCHES * batch_size

    def table(
        self,
        name: str,
        schema: pa.Schema,
        questions: Sequence[Q],
        answer: Callable[[Sequence[Q]], Mapping[str, Any]],
    ) -> pa.Table:
        """Return the answers to all questions of a task, shard by shard; finished shards are read.

        Args:
            name: of the task.
            schema: columns of the answers.
            questions: in the order of the table.
            answer: questions to columns of `schema`.
        """
        tables = [schema.empty_table()]
        starts = range(0, len(questions), self._size)
        for start in tqdm(starts, name, unit="shard", disable=None):
            shard = self._folder / name / f"{start:09}.parquet"
            finished = _finished(shard, schema)
            if finished is None:
                write_table(shard, schema, answer(questions[start : start + self._size]))
                finished = read_table(shard, schema)
            tables.append(finished)
        return pa.concat_tables(tables).combine_chunks()

    def clear(self) -> None:
        """Remove all shards: the run is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _finished(shard: Path, schema: pa.Schema) -> pa.Table | None:
    if not shard.exists():
        return None
    try:
        return read_table(shard, schema)
    except (ArtifactError, OSError, pa.ArrowException) as error:
        log.warning("%s; answered anew", error)
        return None
