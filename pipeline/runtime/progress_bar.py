"""How far a loop is: a bar on a terminal, elsewhere a line in the log every minute."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import ExitStack
from types import TracebackType
from typing import Self, TypeVar

from tqdm import tqdm

log = logging.getLogger(__name__)

T = TypeVar("T")

SECONDS = 60.0
"""Between two lines."""


class ProgressBar:
    """Counts what is done, and says so while its block runs, however long a single step takes."""

    def __init__(
        self,
        name: str,
        total: int | None,
        unit: str,
        done: int = 0,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the name of what runs and the number of units, None where nobody knows.

        Args:
            name: stands at the start of each line.
            total: of units.
            unit: in the plural.
            done: units that an earlier run did.
            seconds: between two lines.
            clock: seconds that pass.
        """
        self.name = name
        self.total = total
        self.unit = unit
        self.done = self._before = done
        self._seconds = seconds
        self._clock = clock
        self._begin = clock()
        self._bar: tqdm | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start to show it."""
        if sys.stderr.isatty():
            bar = tqdm(desc=self.name, total=self.total, initial=self.done, unit=f" {self.unit}")
            self._bar = self._stack.enter_context(bar)
        else:
            ended = threading.Event()
            threading.Thread(target=self._say, args=[ended], daemon=True).start()
            self._stack.callback(ended.set)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Show nothing any more."""
        self._stack.close()

    def update(self, number: int = 1) -> None:
        """Count `number` more units."""
        self.done += number
        if self._bar is not None:
            self._bar.update(number)

    def line(self) -> str:
        """Return how far it is, how long that took and about how long the rest takes."""
        seconds = self._clock() - self._begin
        counted = f"{self.done:,}" if self.total is None else f"{self.done:,} of {self.total:,}"
        text = f"{self.name}: {counted} {self.unit}, {_span(seconds)} so far"
        new = self.done - self._before
        if self.total is None or new <= 0:
            return text
        return f"{text}, about {_span(seconds * (self.total - self.done) / new)} left"

    def _say(self, ended: threading.Event) -> None:
        while not ended.wait(self._seconds):
            log.info("%s", self.line())


def watched(items: Iterable[T], name: str, unit: str, total: int | None = None) -> Iterator[T]:
    """Pass `items` on under a ProgressBar; `total` is their number, where they don't know it."""
    known = len(items) if total is None and isinstance(items, Sized) else total
    with ProgressBar(name, known, unit) as bar:
        for item in items:
            yield item
            bar.update()


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
