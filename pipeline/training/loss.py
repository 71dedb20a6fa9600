"""The training loss (equation 10)."""

import torch
from torch.nn import functional as F

from pipeline.prompts.batches import IGNORED


def token_losses(logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Return the sum of the negative log-likelihoods of all target tokens, and how many there are.

    Args:
        logits: float [B, T, V].
        labels: int64 [B, T], IGNORED where there is no target.
    """
    total = F.cross_entropy(
        logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    return total, int((labels != IGNORED).sum())


def pad_as_target(labels: torch.Tensor, pad: int) -> torch.Tensor:
    """Make padding a target, as the authors' code does and equation 10 doesn't."""
    return labels.masked_fill(labels == IGNORED, pad)
