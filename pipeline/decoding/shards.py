"""Predictions in shards of a task's questions, so that a killed run goes on behind its last whole shard."""

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from pipeline.artifacts import ArtifactError, read_table, write_table
from pipeline.runtime.distributed import Processes
from pipeline.runtime.engines.base import Engine
from pipeline.runtime.engines.local import LocalEngine
from pipeline.runtime.progress_bar import watched

log = logging.getLogger(__name__)

Q = TypeVar("Q")


BATCHES = 16
"""Batches a shard: what a killed run loses at most, and what is sorted by length and shared among threads."""


class Shards:
    """Answers to questions that are on the disk already, in a folder keyed by all that answers depend on.

    Several processes that share the folder take the shards in turn; each has its own answered by its engine.
    """

    def __init__(
        self,
        folder: Path,
        batch_size: int,
        processes: Processes | None = None,
        engine: Engine = LocalEngine(),  # noqa: B008 - immutable
    ) -> None:
        """Take the folder, the questions a batch, the processes that share the work, and what answers."""
        self._folder = folder
        self._size = BATCHES * batch_size
        self._processes = processes or Processes()
        self._engine = engine

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
            answer: questions to columns of `schema`; picklable where the engine's tasks run elsewhere.
        """
        starts = range(0, len(questions), self._size)
        shards = {start: self._folder / name / f"{start:09}.parquet" for start in starts}
        if there := sum(shard.exists() for shard in shards.values()):
            log.info("%s: resumed behind %d of %d shards in %s", name, there, len(shards), self._folder)
        mine = self._processes.every(starts)
        missing = [start for start in mine if not _is_finished(shards[start], schema)]
        asked = (questions[start : start + self._size] for start in missing)
        answers = zip(missing, self._engine.map(answer, asked), strict=True)
        for start, columns in watched(answers, name, "shards", len(missing)):
            write_table(shards[start], schema, columns)
        self._processes.wait()
        tables = [read_table(shard, schema) for shard in shards.values()]
        return pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()

    def clear(self) -> None:
        """Remove all shards: the run is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _is_finished(shard: Path, schema: pa.Schema) -> bool:
    if not shard.exists():
        return False
    try:
        read_table(shard, schema)
    except (ArtifactError, OSError, pa.ArrowException) as error:
        log.warning("%s; answered anew", error)
        return False
    return True
