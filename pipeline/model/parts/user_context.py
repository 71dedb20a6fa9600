"""The tables behind the collaborative prompt: user embeddings and who is similar to whom."""

import torch
from torch import nn

from pipeline.backbones.dropout import DropoutDraws


class UserContext(nn.Module):
    """User embeddings [N, U] and neighbour indices [N, n], saved with the model.

    Embeddings stay what they are, or are trained with the model: the end-to-end architecture that the paper
    leaves to future work. Neighbours are those of the embeddings that training starts from.

    In training some users and neighbours are hidden, as zeros: of standardized embeddings that is the mean
    user. Embeddings are fitted on the interactions that training asks for, so that they know the answers
    there and nowhere else; a model that always sees them learns to read answers off them.
    """

    vectors: torch.Tensor
    neighbours: torch.Tensor

    def __init__(
        self, vectors: torch.Tensor, neighbours: torch.Tensor, hidden: float = 0.0, trained: bool = False
    ) -> None:
        """Take float vectors [N, U], integer neighbours [N, n], and whether the vectors are trained.

        `hidden` is the share of samples that shows neither user nor neighbours in training, and of the
        other samples' neighbours that is hidden one by one. Raises ValueError when the two tables don't have
        the same users.
        """
        super().__init__()
        if vectors.ndim != 2 or neighbours.ndim != 2 or len(vectors) != len(neighbours):
            raise ValueError(
                f"user vectors {tuple(vectors.shape)} and neighbours {tuple(neighbours.shape)} don't have "
                f"the same users"
            )
        if trained:
            self.vectors = nn.Parameter(vectors.float().clone())
        else:
            self.register_buffer("vectors", vectors.float())
        self.register_buffer("neighbours", neighbours.int())
        self.hidden = hidden

    def make_room(self, rows: int) -> None:
        """Add rows for new users to both tables where they have fewer than `rows`."""
        people = rows - len(self.vectors)
        if people <= 0:
            return
        vectors = torch.cat([self.vectors, self.vectors[:1].expand(people, -1)]).detach()
        trained = isinstance(self.vectors, nn.Parameter)
        self.vectors = nn.Parameter(vectors, requires_grad=False) if trained else vectors
        self.neighbours = torch.cat([self.neighbours, self.neighbours[:1].expand(people, -1)])

    def forward(
        self, users: torch.Tensor, draws: DropoutDraws | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the embeddings of `users` [B], as [B, U], and of their neighbours, as [B, n, U].

        Who is hidden is drawn from `draws`, or else from torch's generator.
        """
        own = self.vectors[users]
        similar = self.vectors[self.neighbours[users].long()]
        if not self.training or not self.hidden:
            return own, similar
        shown = self._shown((len(users), 1), draws)
        return own * shown, similar * (shown[:, None] * self._shown((*similar.shape[:2], 1), draws))

    def _shown(self, shape: tuple[int, ...], draws: DropoutDraws | None) -> torch.Tensor:
        """Return 0 with probability `hidden`, else 1."""
        if draws is not None:
            return draws.keep(torch.Size(shape), self.hidden, self.vectors.dtype)
        drawn = torch.rand(shape, device=self.vectors.device)
        return (drawn >= self.hidden).to(self.vectors.dtype)
