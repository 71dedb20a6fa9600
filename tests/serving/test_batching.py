"""The queue in front of the model: what waits together is answered together, and nothing waits for ever."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from pipeline.serving.batching import Batching, FullError


class Model:
    """Squares numbers, when it's let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def answer(self, questions: list[int]) -> list[int]:
        self.batches.append(questions)
        self.begun.set()
        assert self.go.wait(20)
        if 13 in questions:
            raise ArithmeticError("13")
        return [one * one for one in questions]


def running(
    model: Model, body: Callable[[Batching[int, int]], Awaitable[None]], largest: int = 4, most: int = 6
) -> None:
    """Run `body` beside a queue."""

    async def both() -> None:
        batching = Batching(model.answer, largest, most)
        task = asyncio.create_task(batching.run())
        try:
            await body(batching)
        finally:
            model.go.set()
            task.cancel()

    asyncio.run(both())


async def begun(model: Model) -> None:
    """Wait until the model computes."""
    assert await asyncio.to_thread(model.begun.wait, 20)


def test_what_waits_while_the_model_computes_is_answered_together_and_in_order() -> None:
    model = Model()

    async def body(batching: Batching[int, int]) -> None:
        first = asyncio.create_task(batching.ask(1, 20))
        await begun(model)
        others = [asyncio.create_task(batching.ask(number, 20)) for number in range(2, 8)]
        await asyncio.sleep(0)
        assert batching.waiting() == 6
        model.go.set()
        assert await asyncio.gather(first, *others) == [1, 4, 9, 16, 25, 36, 49]

    running(model, body)
    # Nobody waits for company, and no batch is larger than the largest.
    assert model.batches == [[1], [2, 3, 4, 5], [6, 7]]


def test_one_more_than_may_wait_is_refused_and_the_others_are_answered() -> None:
    model = Model()

    async def body(batching: Batching[int, int]) -> None:
        first = asyncio.create_task(batching.ask(1, 20))
        await begun(model)
        others = [asyncio.create_task(batching.ask(number, 20)) for number in range(2, 4)]
        await asyncio.sleep(0)
        with pytest.raises(FullError):
            await batching.ask(4, 20)
        model.go.set()
        assert await asyncio.gather(first, *others) == [1, 4, 9]
        assert await batching.ask(5, 20) == 25

    running(model, body, most=2)


def test_who_waits_too_long_is_told_so_and_their_question_is_not_answered() -> None:
    model = Model()

    async def body(batching: Batching[int, int]) -> None:
        first = asyncio.create_task(batching.ask(1, 20))
        await begun(model)
        with pytest.raises(TimeoutError):
            await batching.ask(2, 0.01)
        third = asyncio.create_task(batching.ask(3, 20))
        await asyncio.sleep(0)
        model.go.set()
        assert await asyncio.gather(first, third) == [1, 9]

    running(model, body)
    assert model.batches == [[1], [3]]


def test_a_fault_is_told_to_those_who_asked_and_the_others_are_served_on() -> None:
    model = Model()
    model.go.set()

    async def body(batching: Batching[int, int]) -> None:
        with pytest.raises(ArithmeticError, match="13"):
            await batching.ask(13, 20)
        assert await batching.ask(4, 20) == 16

    running(model, body)
