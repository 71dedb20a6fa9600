"""One clear message instead of a traceback, for faults that the user can mend."""

import functools
import sys
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")


def clear_errors(main: Callable[..., R]) -> Callable[..., R]:
    """Let `main` end with its error's message on stderr and exit code 1, where the error is the user's to mend.

    ValueError (bad input or parameters), OSError (files) and RuntimeError (no such device) are; anything
    else is a fault of ours and keeps its traceback.
    """

    @functools.wraps(main)
    def wrapper(*args: object, **kwargs: object) -> R:
        try:
            return main(*args, **kwargs)
        except (ValueError, OSError, RuntimeError) as error:
            print(f"error: {error}", file=sys.stderr)
            raise SystemExit(1) from error

    return wrapper
