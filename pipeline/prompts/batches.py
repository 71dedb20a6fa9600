"""Encoded inputs and targets to padded tensors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from pipeline.prompts.whole_words import Encoded
from pipeline.tasks.base import Task

IGNORED = -100
"""Label of a position that isn't a target."""


@dataclass(frozen=True)
class Batch:
    """Inputs of one task.

    Attributes:
        task: the task of all samples.
        users: user indices, int64 [B].
        tokens: input token ids, int64 [B, L].
        rows: whole-word rows, int64 [B, L].
        mask: 1 for a token, 0 for padding, int64 [B, L].
        labels: target token ids, IGNORED behind the end, int64 [B, T]; None in generation.
    """

    task: Task
    users: torch.Tensor
    tokens: torch.Tensor
    rows: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor | None = None

    def __len__(self) -> int:
        """Return B."""
        return len(self.users)

    def select(self, rows: torch.Tensor) -> "Batch":
        """Return the samples `rows`, int64 [b], in that order."""
        chosen = {name: getattr(self, name)[rows] for name in ("users", "tokens", "rows", "mask")}
        return replace(self, **chosen, labels=None if self.labels is None else self.labels[rows])

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on `device`."""
        moved = {name: getattr(self, name).to(device) for name in ("users", "tokens", "rows", "mask")}
        labels = None if self.labels is None else self.labels.to(device)
        return replace(self, **moved, labels=labels)


def collate(
    task: Task,
    users: Sequence[int],
    inputs: Sequence[Encoded],
    pad: int,
    targets: Sequence[np.ndarray] | None = None,
) -> Batch:
    """Pad inputs with `pad` and targets with IGNORED to the longest of the batch."""
    tokens = _pad([encoded.tokens for encoded in inputs], pad)
    lengths = torch.tensor([len(encoded.tokens) for encoded in inputs])
    return Batch(
        task=task,
        users=torch.tensor(users, dtype=torch.int64),
        tokens=tokens,
        rows=_pad([encoded.rows for encoded in inputs], 0),
        mask=(torch.arange(tokens.shape[1])[None, :] < lengths[:, None]).long(),
        labels=None if targets is None else _pad(targets, IGNORED),
    )


def _pad(arrays: Sequence[np.ndarray], value: int) -> torch.Tensor:
    padded = np.full((len(arrays), max(len(array) for array in arrays)), value, dtype=np.int64)
    for row, array in enumerate(arrays):
        padded[row, : len(array)] = array
    return torch.from_numpy(padded)
