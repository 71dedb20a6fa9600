"""Several processes that share one run: who does what, and sums over all of them.

`torchrun` starts the processes and tells each its place in the environment; without it there is one, and
every sum is the process's own. Nothing that is computed depends on how many there are, but for rounding.
"""

import atexit
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import distributed, nn

T = TypeVar("T")


@dataclass(frozen=True)
class Processes:
    """This process's place among those that share a run.

    Attributes:
        rank: from 0; process 0 writes what is written once.
        count: how many there are.
    """

    # Not shown: what a process shows of a run is the same in all of them.
    rank: int = field(default=0, repr=False)
    count: int = 1

    @property
    def first(self) -> bool:
        """Tell whether this process writes what is written once."""
        return self.rank == 0

    def every(self, things: Sequence[T]) -> Sequence[T]:
        """Return this process's part of `things`, taken in turn: all get small and large ones."""
        return things[self.rank :: self.count]

    def sums(self, *values: float) -> list[float]:
        """Return the sum over all processes of each value, in float64, the same in every process."""
        if self.count == 1:
            return list(values)
        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        totals = torch.tensor(values, dtype=torch.float64, device=device)
        distributed.all_reduce(totals)
        return totals.tolist()

    def sum_gradients(self, parameters: Sequence[nn.Parameter]) -> None:
        """Replace every gradient by its sum over all processes; one that no process has stays None."""
        if self.count == 1:
            return
        zero = parameters[0].new_zeros(())
        given = torch.stack([zero if one.grad is None else zero + 1 for one in parameters])
        parts = [one.new_zeros(one.numel()) if one.grad is None else one.grad.flatten() for one in parameters]
        flat = torch.cat([*parts, given])
        distributed.all_reduce(flat)
        *sums, present = flat.split([*(one.numel() for one in parameters), len(parameters)])
        for parameter, total, owners in zip(parameters, sums, present.tolist(), strict=True):
            parameter.grad = total.view_as(parameter) if owners else None

    def wait(self) -> None:
        """Go on when all processes have come here."""
        if self.count > 1:
            distributed.barrier()


def join(device: torch.device) -> Processes:
    """Join the processes that `torchrun` started, by nccl on CUDA and gloo elsewhere; alone without it."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return Processes()
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(distributed.destroy_process_group)
    return Processes(distributed.get_rank(), count)
