"""Loss and gradients of one batch, on the CPU with a part of its samples in each thread.

Threads that each take whole samples have nothing to wait for; threads that share each matrix product wait for
one another hundreds of times a step.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
import torch

from pipeline.prompts.batches import Batch
from pipeline.runtime.device import Runtime, repeatable

# More would wait for Python's lock, and each adds a copy of all gradients.
_MOST_PARTS = 4


class Trainable(Protocol):
    """What training asks of a model, a `torch.nn.Module`."""

    def loss(self, batch: Batch, rng: np.random.Generator | None = None) -> tuple[torch.Tensor, int]:
        """Return the sum of the losses of all targets and their number; dropout draws from `rng`."""


class Gradients:
    """Computes the gradient of the mean loss a target token."""

    def __init__(self, model: Trainable, parameters: list[torch.nn.Parameter], runtime: Runtime) -> None:
        """Take a model that is on the runtime's device, and its parameters."""
        self._model = model
        self._parameters = parameters
        self._runtime = runtime
        self._processes = runtime.processes
        threads = torch.get_num_threads()
        self._parts = min(threads, _MOST_PARTS) if runtime.device.type == "cpu" else 1
        self._pool = None
        if self._parts > 1:
            each = threads // self._parts
            self._pool = ThreadPoolExecutor(self._parts, initializer=torch.set_num_threads, initargs=(each,))

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def compute(self, batch: Batch, rng: np.random.Generator) -> float:
        """Set the gradient of every parameter and return the loss, the mean over the batch's targets.

        Every process gets the whole batch, on the CPU, so that dealing it out waits for no GPU, and computes
        its part. Dropout draws from streams that `rng` starts. The same batch, generator and numbers of
        processes and threads give the same bits.
        """
        count = batch.targets
        # By length, so that samples that are encoded together are alike, and dealt out evenly.
        order = batch.mask.sum(1).argsort(stable=True)
        every = self._parts * self._processes.count
        streams = rng.spawn(every)
        # A batch smaller than that leaves some without samples.
        mine = self._processes.every([part for part in range(every) if part < len(batch)])
        device = self._runtime.device
        shares = [(batch.select(order[part::every]).to(device), streams[part], count) for part in mine]
        if self._pool is None:
            results = [self._of_part(*share) for share in shares]
        else:
            tasks = [self._pool.submit(self._of_part, *share) for share in shares]
            results = [task.result() for task in tasks]
        for index, parameter in enumerate(self._parameters):
            parameter.grad = _sum([gradients[index] for _, gradients in results])
        self._processes.sum_gradients(self._parameters)
        (loss,) = self._processes.sums(sum(loss for loss, _ in results))
        return loss

    def _of_part(
        self, part: Batch, rng: np.random.Generator, count: int
    ) -> tuple[float, tuple[torch.Tensor | None, ...]]:
        with self._runtime.autocasting():
            total, _ = self._model.loss(part, rng)
        loss = total / count
        with repeatable(self._runtime.device):
            gradients = torch.autograd.grad(loss, self._parameters, allow_unused=True)
        return float(loss.detach()), gradients


def _sum(parts: list[torch.Tensor | None]) -> torch.Tensor | None:
    total = None
    for part in parts:
        if part is not None:
            total = part if total is None else total.add_(part)
    return total
