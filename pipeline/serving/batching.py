"""Questions that wait together are answered together: a bounded queue in front of one thread."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class FullError(Exception):
    """As many questions wait as may."""


@dataclass
class _Waiting(Generic[Q, A]):
    question: Q
    answer: "asyncio.Future[A]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Batching(Generic[Q, A]):
    """Answers what waits, as soon as the thread is free: nobody waits for company."""

    def __init__(self, answer: Callable[[list[Q]], Sequence[A]], largest: int, most: int) -> None:
        """Take what answers a list of questions, the largest batch, and how many questions may wait."""
        self._answer = answer
        self._largest = largest
        self._queue: asyncio.Queue[_Waiting[Q, A]] = asyncio.Queue(most)

    def waiting(self) -> int:
        """Return how many questions wait."""
        return self._queue.qsize()

    async def ask(self, question: Q, seconds: float) -> A:
        """Return the answer; raises FullError at once, and TimeoutError after `seconds` of waiting for it.

        A question that nobody waits for any more isn't answered.
        """
        waiting: _Waiting[Q, A] = _Waiting(question)
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise FullError from None
        return await asyncio.wait_for(waiting.answer, seconds)

    async def run(self) -> None:
        """Answer until cancelled."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "answers") as thread:
            while True:
                batch = [await self._queue.get()]
                while len(batch) < self._largest and not self._queue.empty():
                    batch.append(self._queue.get_nowait())
                batch = [one for one in batch if not one.answer.done()]
                if not batch:
                    continue
                questions = [one.question for one in batch]
                try:
                    answers = await loop.run_in_executor(thread, self._answer, questions)
                # A fault of ours is told to those who asked; the others are served on.
                except Exception as error:
                    for one in batch:
                        _settle(one.answer, error=error)
                else:
                    for one, answer in zip(batch, answers, strict=True):
                        _settle(one.answer, answer)


def _settle(future: "asyncio.Future[A]", answer: A | None = None, error: Exception | None = None) -> None:
    """Hand an answer or an error over, unless nobody waits any more."""
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(answer)  # type: ignore[arg-type]
