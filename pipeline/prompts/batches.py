"""Encoded inputs and targets to padded tensors."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from pipeline.backbones.base import IGNORED
from pipeline.prompts.whole_words import Encoded
from pipeline.tasks.base import Task

_BY_TOKEN = ("tokens", "rows", "mask", "slots", "input_labels")
_BY_SAMPLE = ("users", *_BY_TOKEN, "labels")


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
        slots: the item whose vector stands in place of a token, -1 elsewhere, int64 [B, L]; None where no
            wording has slots.
        input_labels: tokens of the inputs that are targets, too, IGNORED elsewhere, int64 [B, L]; None where
            answers alone are.
    """

    task: Task
    users: torch.Tensor
    tokens: torch.Tensor
    rows: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor | None = None
    slots: torch.Tensor | None = None
    input_labels: torch.Tensor | None = None

    def __len__(self) -> int:
        """Return B."""
        return len(self.users)

    @property
    def targets(self) -> int:
        """The number of tokens to be predicted, of inputs and answers."""
        labels = [one for one in (self.input_labels, self.labels) if one is not None]
        return sum(int((one != IGNORED).sum()) for one in labels)

    def select(self, rows: torch.Tensor) -> "Batch":
        """Return the samples `rows`, int64 [b], in that order."""
        return self._each(_BY_SAMPLE, lambda tensor: tensor[rows])

    def cut(self, length: int) -> "Batch":
        """Return the first `length` tokens of every sample."""
        return self._each(_BY_TOKEN, lambda tensor: tensor[:, :length])

    def to(self, device: torch.device) -> "Batch":
        """Return the batch, which is on the CPU, on `device`."""
        # Else each copy to a GPU waits for all that the GPU has to do.
        apart = device.type == "cuda"
        return self._each(_BY_SAMPLE, lambda tensor: tensor.to(device, non_blocking=apart))

    def _each(self, names: Iterable[str], change: Callable[[torch.Tensor], torch.Tensor]) -> "Batch":
        given = {name: getattr(self, name) for name in names}
        changed: dict[str, Any] = {name: change(one) for name, one in given.items() if one is not None}
        return replace(self, **changed)


def collate(task: Task, users: Sequence[int], encoded: Encoded, pad: int) -> Batch:
    """Pad inputs with `pad` to the longest of the batch; it has no labels yet."""
    slots = encoded.slots
    lengths = torch.from_numpy(encoded.lengths)
    tokens = padded(encoded.tokens, encoded.lengths, pad)
    return Batch(
        task=task,
        users=torch.tensor(users, dtype=torch.int64),
        tokens=tokens,
        rows=padded(encoded.rows, encoded.lengths, 0),
        mask=(torch.arange(tokens.shape[1])[None, :] < lengths[:, None]).long(),
        slots=None if slots is None else padded(slots, encoded.lengths, -1),
    )


def padded(values: np.ndarray, lengths: np.ndarray, fill: int) -> torch.Tensor:
    """Return values, `lengths` of them for each row, as rows filled up to the longest, int64 [B, longest]."""
    rows = np.full((len(lengths), lengths.max()), fill, dtype=np.int64)
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = values
    return torch.from_numpy(rows)
