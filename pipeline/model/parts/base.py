"""What a prompt is made of."""

from abc import ABC, abstractmethod

import torch
from torch import nn

from pipeline.backbones.dropout import DropoutDraws
from pipeline.prompts.batches import Batch


class Part(nn.Module, ABC):
    """Vectors in front of the text, or in its slots.

    Attributes:
        draws: where dropout draws from on a CPU; None: from torch's generator.
    """

    draws: DropoutDraws | None = None

    @abstractmethod
    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the vectors in front of the text, [B, P, D], or of all slots of the batch, [S, D]."""
