"""What tests have workers do."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class PartlyError(Exception):
    """An error with arguments of its own."""

    def __init__(self, field: str, number: int) -> None:
        super().__init__(field, number)
        self.number = number


def negative(number: int) -> int:
    return -number


def failing(number: int) -> int:
    if number == 3:
        raise ValueError("shard 3: no such thing")
    return number


def partly(number: int) -> int:
    raise PartlyError("field", number)


def worker(_: int) -> tuple[int, str | None]:
    """The process that a task runs in, and its threads."""
    time.sleep(0.1)
    return os.getpid(), os.environ.get("OMP_NUM_THREADS")


def killed_once(marks: Path, number: int) -> int:
    """Shard 5 kills its process, the first time that it runs."""
    mark = marks / str(number)
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def killed_always(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed_at_second(mark: Path, function: Callable[[T], R], numbered: tuple[int, T]) -> R:
    """Shard 1 kills its process, the first time that it runs: then there is no `mark` yet."""
    number, shard = numbered
    if number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return function(shard)
