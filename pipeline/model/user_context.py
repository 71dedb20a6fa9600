"""The fixed tables behind the collaborative prompt: user embeddings and who is similar to whom."""

import torch
from torch import nn


class UserContext(nn.Module):
    """User embeddings [N, U] and neighbour indices [N, n]; not trained, saved with the model."""

    vectors: torch.Tensor
    neighbours: torch.Tensor

    def __init__(self, vectors: torch.Tensor, neighbours: torch.Tensor) -> None:
        """Take float vectors [N, U] and integer neighbours [N, n].

        Raises ValueError when the two tables don't have the same users.
        """
        super().__init__()
        if vectors.ndim != 2 or neighbours.ndim != 2 or len(vectors) != len(neighbours):
            raise ValueError(
                f"user vectors {tuple(vectors.shape)} and neighbours {tuple(neighbours.shape)} don't have "
                f"the same users"
            )
        self.register_buffer("vectors", vectors.float())
        self.register_buffer("neighbours", neighbours.int())

    def forward(self, users: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the embeddings of `users` [B], as [B, U], and of their neighbours, as [B, n, U]."""
        return self.vectors[users], self.vectors[self.neighbours[users].long()]
