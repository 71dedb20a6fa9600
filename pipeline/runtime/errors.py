"""One clear message instead of a traceback, for faults that the user can mend; a tidy end on SIGTERM."""

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

R = TypeVar("R")


def clear_errors(main: Callable[..., R]) -> Callable[..., R]:
    """Let `main` end with its error's message on stderr and exit code 1 where the user can mend the cause.

    ValueError (bad input or parameters), OSError (files) and memory that ran out are such; anything else is
    a fault of ours and keeps its traceback, as everything does where the environment variable
    PEAPOD_TRACEBACK is set.
    """

    @functools.wraps(main)
    def wrapper(*args: object, **kwargs: object) -> R:
        with _ending_on_sigterm():
            try:
                return main(*args, **kwargs)
            except (ValueError, OSError, MemoryError, RuntimeError) as error:
                memory = _out_of_memory(error)
                if os.environ.get("PEAPOD_TRACEBACK") or (isinstance(error, RuntimeError) and not memory):
                    raise
                sys.stderr.write(f"error: {'out of memory: ' if memory else ''}{error}\n")
                raise SystemExit(1) from error

    return wrapper


def _out_of_memory(error: Exception) -> bool:
    # torch has a RuntimeError for it, on the CPU without a type of its own.
    torch_says = type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)
    return isinstance(error, MemoryError) or torch_says


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into SystemExit with code 143, so that temporary files go as on any error."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _: object) -> None:
    raise SystemExit(128 + number)
