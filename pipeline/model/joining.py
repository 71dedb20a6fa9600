"""Prompts joined to text: in front of it (section 4.4), or in its place (LLaRA)."""

from collections.abc import Sequence

import torch
from torch.nn.functional import pad

from pipeline.backbones.base import IGNORED, Embedded


def prefix(prompts: Sequence[torch.Tensor], text: Embedded) -> Embedded:
    """Return prompts, each float [B, P, D], one after the other, and the text, [B, L, D], behind them."""
    parts = [prompt.to(text.vectors.dtype) for prompt in prompts]
    count = sum(part.shape[1] for part in parts)
    mask = pad(text.mask, (count, 0), value=1)
    labels = None if text.labels is None else pad(text.labels, (count, 0), value=IGNORED)
    return Embedded(torch.cat([*parts, text.vectors], dim=1), mask, labels)


def in_place(text: torch.Tensor, slots: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    """Return the text, float [B, L, D], with vectors where it has slots.

    Args:
        text: embeddings of the tokens.
        slots: int64 [B, L], -1 where there is no slot.
        vectors: float [S, D], of the S slots sample by sample, from the first to the last.

    Raises ValueError when there are more or fewer vectors than slots.
    """
    filled = slots >= 0
    count = int(filled.sum())
    if len(vectors) != count:
        raise ValueError(f"{len(vectors)} vectors for {count} slots: one for each wanted")
    return text.masked_scatter(filled[..., None], vectors.to(text.dtype))
