"""One clear message instead of a traceback, for faults that the user can mend."""

import functools
import os
import sys
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")


def clear_errors(main: Callable[..., R]) -> Callable[..., R]:
    """Let `main` end with its error's message on stderr and exit code 1 where the user can mend the cause.

    ValueError (bad input or parameters) and OSError (files) are such; anything else is a fault of ours and
    keeps its traceback, as everything does where the environment variable PEAPOD_TRACEBACK is set.
    """

    @functools.wraps(main)
    def wrapper(*args: object, **kwargs: object) -> R:
        try:
            return main(*args, **kwargs)
        except (ValueError, OSError) as error:
            if os.environ.get("PEAPOD_TRACEBACK"):
                raise
            print(f"error: {error}", file=sys.stderr)
            raise SystemExit(1) from error

    return wrapper
