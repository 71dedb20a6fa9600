"""Tasks in this process, or in parallel processes of this machine."""

import math
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.base import Engine

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class LocalEngine:
    """Maps in this process where there is one worker, else over `workers` processes (see `ordered_map`)."""

    workers: int = 1

    @property
    def here(self) -> bool:
        """Whether tasks run in this process."""
        return self.workers == 1

    def map(self, function: Callable[[T], R], shards: Iterable[T]) -> Iterator[R]:
        """See Engine; nothing runs a task again whose worker was killed."""
        return ordered_map(function, shards, self.workers)


@contextmanager
def start(config: RuntimeConfig, workers: int = 1, gpus: int = 0) -> Iterator[Engine]:
    """Yield an engine of `workers` processes, which start with the first shard; nothing else is used."""
    yield LocalEngine(workers)


def worker_count(wanted: int, rows: int, rows_each: int = 4096) -> int:
    """Processes for `rows` rows: `wanted`, or for 0 one per core and none that has fewer than `rows_each`."""
    return wanted or max(1, min(_cores(), math.ceil(rows / rows_each)))


def _cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def ordered_map(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield function(item) in the order of `items`, whatever the number of processes.

    With one worker it runs here; with more, at most 2 * workers items are read ahead, so that memory stays
    bounded however long `items` is. `function` and items must be picklable.

    Raises ChildProcessError when a worker is killed, as the system does where memory runs out.
    """
    if workers == 1:
        yield from map(function, items)
        return
    # Fresh interpreters: a fork would copy the locks of Arrow's threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise ChildProcessError(
                f"one of {workers} worker processes was killed, perhaps for want of memory; take fewer"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def _end_with_parent() -> None:
    """Let this worker end when its parent is gone: a killed parent can't tell it, and it would wait."""
    Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
