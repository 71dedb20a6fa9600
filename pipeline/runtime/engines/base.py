"""What runs tasks: an engine maps a function over shards, in processes of this machine or of many.

An engine is one file with a function `start`, and a line in `start.ENGINES`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """Maps a function over shards.

    Attributes:
        here: whether tasks run in this process, and see what it has loaded.
    """

    @property
    def here(self) -> bool: ...  # noqa: D102 - see the class

    def map(self, function: Callable[[T], R], shards: Iterable[T]) -> Iterator[R]:
        """Yield function(shard) in the order of `shards`, of which few are read ahead.

        Unless `here`, a task may run in another process: `function`, shards and results must be picklable,
        and what is heavy (a model, a lexicon) is loaded once per process, not carried by `function`. Results
        are the same whatever the engine and its number of workers, if `function` gives the same for the same
        shard.

        Raises what `function` raises, and ChildProcessError where a worker was killed and the engine doesn't
        run its task again.
        """
        ...


Engines = Callable[[int], AbstractContextManager[Engine]]
"""Starts an engine. Takes the workers that the work is worth, for an engine that has no number of its own."""
