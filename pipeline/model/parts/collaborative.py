"""The collaborative prompt: from a user's embedding and those of similar users (section 4.2).

`AttentionPrompt` is PeaPOD's: the user is the query, the n most similar users are keys and values.
`MlpPrompt` is the paper's "0 heads": the user alone through a linear layer. Both map

    users [B, U], neighbours [B, n, U]  ->  prompt [B, P, D]

and `CollaborativePrompt` looks the users of a batch up for them.
"""

import torch
from torch import nn

from pipeline.model.parts.base import Part
from pipeline.model.parts.user_context import UserContext
from pipeline.prompts.batches import Batch


class AttentionPrompt(nn.Module):
    """Multi-head attention of a user over similar users (equations 3 to 7)."""

    def __init__(self, user_width: int, width: int, heads: int, length: int) -> None:
        """Build W_Q, W_K, W_V (U to D) and W_l (D to P * D), each with its bias.

        Raises ValueError when `heads` doesn't divide `width`.
        """
        super().__init__()
        if width % heads:
            raise ValueError(f"prompts.heads {heads} doesn't divide the model width {width}")
        self.heads = heads
        self.length = length
        self.query = nn.Linear(user_width, width)
        self.key = nn.Linear(user_width, width)
        self.value = nn.Linear(user_width, width)
        self.output = nn.Linear(width, length * width)

    def forward(self, users: torch.Tensor, neighbours: torch.Tensor) -> torch.Tensor:
        """Return the prompt, [B, P, D]; raises ValueError when the shapes don't fit each other."""
        attended = (self.weights(users, neighbours) @ self._split(self.value(neighbours))).flatten(1)
        return self.output(attended).unflatten(-1, (self.length, -1))

    def weights(self, users: torch.Tensor, neighbours: torch.Tensor) -> torch.Tensor:
        """Return how much each head attends to each neighbour, [B, H, 1, n]; each row sums to 1."""
        if neighbours.ndim != 3 or neighbours.shape[0] != users.shape[0]:
            raise ValueError(f"users {tuple(users.shape)} and neighbours {tuple(neighbours.shape)} don't fit")
        query = self._split(self.query(users)[:, None])
        key = self._split(self.key(neighbours))
        return (query @ key.transpose(-1, -2) * key.shape[-1] ** -0.5).softmax(-1)

    def _split(self, states: torch.Tensor) -> torch.Tensor:
        """[B, n, D] to [B, H, n, D / H]."""
        return states.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class MlpPrompt(nn.Module):
    """The user's embedding through one linear layer; neighbours are not looked at (figure 5, 0 heads)."""

    def __init__(self, user_width: int, width: int, length: int) -> None:
        """Build the layer, U to P * D."""
        super().__init__()
        self.length = length
        self.output = nn.Linear(user_width, length * width)

    def forward(self, users: torch.Tensor, neighbours: torch.Tensor) -> torch.Tensor:
        """Return the prompt, [B, P, D]."""
        return self.output(users).unflatten(-1, (self.length, -1))


class CollaborativePrompt(Part):
    """The prompt of a batch's users."""

    def __init__(self, context: UserContext, prompt: AttentionPrompt | MlpPrompt) -> None:
        """Take the users, and what makes a prompt of them."""
        super().__init__()
        self.context = context
        self.prompt = prompt

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the prompt, [B, P, D]."""
        return self.prompt(*self.context(batch.users, self.draws))
