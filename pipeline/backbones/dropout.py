"""Dropout for the CPU: torch draws one number at a time there, this 16 random bits of four at once."""

import threading
from typing import Any

import numpy as np
import torch
from torch import nn

_LEVELS = 1 << 16


class DropoutDraws(threading.local):
    """Who is dropped, drawn from the generator that each training step brings, in each thread its own."""

    def __init__(self) -> None:
        self._rng: np.random.Generator | None = None

    def seed(self, rng: np.random.Generator) -> None:
        """Draw from a stream that `rng` starts from now on."""
        # The fastest of numpy's bit generators: half of dropout's time is in drawing bits.
        self._rng = np.random.Generator(np.random.SFC64(int(rng.integers(1 << 63))))

    def keep(self, shape: torch.Size, probability: float, dtype: torch.dtype) -> torch.Tensor:
        """Return 0 with `probability`, to the next 1/65,536, and else 1: `dtype` of `shape`.

        Raises RuntimeError before the first `seed`.
        """
        if self._rng is None:
            raise RuntimeError("dropout in training wants a generator first: DropoutDraws.seed")
        words = self._rng.integers(-(1 << 63), 1 << 63, size=-(-shape.numel() // 4), dtype=np.int64)
        bits = torch.from_numpy(words.view(np.int16))[: shape.numel()].view(shape)
        dropped = round(probability * _LEVELS) - _LEVELS // 2
        return torch.ge(bits, dropped, out=torch.empty(shape, dtype=dtype))


class _Dropped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: torch.Tensor, keep: torch.Tensor, scale: float) -> torch.Tensor:
        ctx.save_for_backward(keep)
        ctx.scale = scale
        return (values * keep).mul_(scale)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (keep,) = ctx.saved_tensors
        return (gradient * keep).mul_(ctx.scale), None, None


class Dropout(nn.Dropout):
    """`torch.nn.Dropout` that draws from `draws`."""

    def __init__(self, probability: float, draws: DropoutDraws) -> None:
        super().__init__(probability)
        self.draws = draws

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return `values` with some of them 0 and the others scaled up, in training; else as they are."""
        if not self.training or self.p == 0:
            return values
        return drop(values, self.p, self.draws)


def drop(values: torch.Tensor, probability: float, draws: DropoutDraws) -> torch.Tensor:
    """Return `values` with some of them 0, as `draws` has it, and the others scaled up."""
    keep = draws.keep(values.shape, probability, values.dtype)
    return _Dropped.apply(values, keep, 1 / (1 - probability))


def draw_from(model: nn.Module, draws: DropoutDraws) -> None:
    """Let every plain dropout layer of a model draw from `draws`."""
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.Dropout:
                setattr(parent, name, Dropout(child.p, draws).train(child.training))
