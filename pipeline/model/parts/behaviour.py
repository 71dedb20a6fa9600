"""What a recommender knows of items, in the slots of a prompt (LLaRA, section 3.2)."""

from typing import Literal

import torch
from torch import nn

from pipeline.model.parts.base import Part
from pipeline.prompts.batches import Batch


class Behaviour(Part):
    """Vectors of items [I, W], which aren't trained, through a projector to the model's width D."""

    vectors: torch.Tensor

    def __init__(self, vectors: torch.Tensor, projector: nn.Module) -> None:
        """Take the vectors of all items, and what maps [S, W] to [S, D].

        Raises ValueError when the vectors are no table, or hold what is no number, naming the first item.
        """
        super().__init__()
        if vectors.ndim != 2:
            raise ValueError(f"item vectors {tuple(vectors.shape)}; [items, width] wanted")
        broken = (~vectors.isfinite()).any(1).nonzero().flatten().tolist()
        if broken:
            raise ValueError(
                f"{len(broken)} of {len(vectors)} items have vectors with what is no number, the first is "
                f"item {broken[0]}; zeros stand for an item without a vector"
            )
        self.register_buffer("vectors", vectors.float())
        self.projector = projector

    def make_room(self, items: int) -> None:
        """Add items without a vector to the table where it has fewer than `items`."""
        if (missing := items - len(self.vectors)) > 0:
            self.vectors = torch.cat([self.vectors, self.vectors.new_zeros(missing, self.vectors.shape[1])])

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the projected vectors of all slots of the batch, [S, D]."""
        if batch.slots is None:
            raise ValueError("a batch with slots is wanted")
        projected: torch.Tensor = self.projector(self.vectors[batch.slots[batch.slots >= 0]])
        return projected


def make_projector(kind: Literal["linear", "two_layer"], width: int, model_width: int) -> nn.Module:
    """Return one linear layer, or two with a GELU between them as in LLaRA, from `width` to `model_width`.

    New weights draw from torch's generator.
    """
    first = nn.Linear(width, model_width)
    if kind == "linear":
        return first
    return nn.Sequential(first, nn.GELU(), nn.Linear(model_width, model_width))


def without_vector(vectors: torch.Tensor) -> torch.Tensor:
    """Return which items [I] have nothing but zeros."""
    return (vectors == 0).all(1)


def standardize_items(vectors: torch.Tensor) -> torch.Tensor:
    """Shift and scale vectors [I, W] to mean 0 and, over all entries, standard deviation 1.

    Released vectors are so small that projections of them hardly differ. An item without a vector, all zeros,
    counts for neither and becomes the mean item, zeros again.
    """
    known = ~without_vector(vectors)
    if not known.any():
        return vectors
    centred = (vectors - vectors[known].mean(0)) * known[:, None]
    scale = centred[known].std(correction=0).clamp_min(torch.finfo(vectors.dtype).tiny)
    return centred / scale
