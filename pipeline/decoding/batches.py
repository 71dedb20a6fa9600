"""Questions in batches of similar lengths; on the CPU every thread takes whole batches.

Threads that each compute a batch have nothing to wait for; threads that share each matrix product wait for
one another at every step of every beam.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

import torch

from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import Question

A = TypeVar("A")


def answer_in_batches(
    answer: Callable[[Batch, Sequence[Question]], Sequence[A]],
    maker: BatchMaker,
    questions: Sequence[Question],
    size: int,
    runtime: Runtime,
) -> list[A]:
    """Return the answers to questions of one task, in their order; `size` of them are a batch.

    The longest inputs are answered first. What is in a batch doesn't depend on the number of threads, and one
    thread computes it whole: neither does a bit of the answers. Work on a device other than the CPU is queued
    by one thread.
    """
    whole = maker.ask(questions)

    def of_batch(rows: torch.Tensor) -> Sequence[A]:
        batch = _select(whole, rows).to(runtime.device)
        with torch.no_grad(), runtime.autocasting():
            return answer(batch, [questions[row] for row in rows])

    # Long ones first: what is left for one thread at the end is short.
    order = whole.mask.sum(1).argsort(stable=True, descending=True)
    parts = order.split(size)
    if runtime.device.type != "cpu":
        answers = [of_batch(rows) for rows in parts]
    else:
        with ThreadPoolExecutor(torch.get_num_threads(), "batches", torch.set_num_threads, (1,)) as pool:
            answers = list(pool.map(of_batch, parts))
    by_question = dict(zip(order.tolist(), chain.from_iterable(answers), strict=True))
    return [by_question[row] for row in range(len(questions))]


def _select(whole: Batch, rows: torch.Tensor) -> Batch:
    """Return some samples, as wide as the longest of them."""
    part = whole.select(rows)
    return part.cut(int(part.mask.sum(1).max()))
