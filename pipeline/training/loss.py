"""Padding as a target, as in the authors' code."""

import torch

from pipeline.backbones.base import IGNORED


def pad_as_target(labels: torch.Tensor, pad: int) -> torch.Tensor:
    """Make padding a target, as the authors' code does and equation 10 doesn't; labels are int64 [B, T]."""
    return labels.masked_fill(labels == IGNORED, pad)
