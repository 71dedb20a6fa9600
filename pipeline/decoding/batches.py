"""Questions in batches of alike lengths; on the CPU every thread takes whole batches.

Threads that each compute a batch have nothing to wait for; threads that share each matrix product wait for
one another at every step of every beam.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import torch

from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.runtime import Runtime
from pipeline.tasks.examples import Example

A = TypeVar("A")


def answer_in_batches(
    answer: Callable[[Batch, Sequence[Example]], A],
    maker: BatchMaker,
    examples: Sequence[Example],
    size: int,
    runtime: Runtime,
) -> list[A]:
    """Return the answers to batches of `size` examples of one task, longest inputs first.

    What is in a batch doesn't depend on the number of threads, and one thread computes it whole: neither does
    a bit of the answers. Work on a device other than the CPU is queued by one thread.
    """
    whole = maker.make(examples)

    def of_batch(rows: torch.Tensor) -> A:
        batch = _select(whole, rows).to(runtime.device)
        with torch.no_grad(), runtime.autocasting():
            return answer(batch, [examples[row] for row in rows])

    # Long ones first: what is left for one thread at the end is short.
    parts = whole.mask.sum(1).argsort(stable=True, descending=True).split(size)
    if runtime.device.type != "cpu":
        return [of_batch(rows) for rows in parts]
    with ThreadPoolExecutor(torch.get_num_threads(), "batches", torch.set_num_threads, (1,)) as pool:
        return list(pool.map(of_batch, parts))


def _select(whole: Batch, rows: torch.Tensor) -> Batch:
    """Return some samples without labels, as wide as the longest of them."""
    part = replace(whole, labels=None).select(rows)
    return part.cut(int(part.mask.sum(1).max()))
