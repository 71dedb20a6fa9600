"""Self-attention over the newest items, as four methods share it, and scores by the items' own vectors."""

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.recommenders.base import BaselineError
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.next_item import NextItemModel

DEVIATION = 0.02
"""Of fresh vectors, as in the code of both papers' authors."""


class SelfAttention(nn.Module):
    """Transformer blocks over a sequence of vectors [B, L, D], each place with a learned vector."""

    def __init__(self, length: int, width: int, heads: int, layers: int, dropout: float) -> None:
        """`length` is L, `width` D. Raises BaselineError when D isn't a multiple of `heads`."""
        super().__init__()
        if width % heads:
            raise BaselineError(f"factors {width} isn't a multiple of heads {heads}")
        self.heads = heads
        self.places = nn.Parameter(DEVIATION * torch.randn(length, width))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, dropout, "gelu", batch_first=True)
        self.blocks = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)

    def forward(self, vectors: Tensor, padding: Tensor, causal: bool = True) -> Tensor:
        """Return [B, L, D]; no place sees those where `padding` [B, L], nor, if `causal`, later ones."""
        length = vectors.shape[1]
        hidden = padding[:, None].expand(-1, length, -1)
        if causal:
            hidden = hidden | torch.ones(length, length, dtype=torch.bool).triu(1)
        # But each sees itself: what sees nothing at all would become NaN.
        hidden = hidden & ~torch.eye(length, dtype=torch.bool)
        inputs = self.dropout(self.norm(vectors + self.places))
        return torch.as_tensor(self.blocks(inputs, hidden.repeat_interleave(self.heads, dim=0)))


class AttentiveModel(NextItemModel):
    """A representation [B, D] of the sequence times the vectors of the items; who the user is doesn't matter.

    Attributes:
        items: embeddings [I + 1, D], the last row zeros, for padding.
    """

    def __init__(self, items: int, width: int) -> None:
        """`width` is D."""
        super().__init__()
        self.items = nn.Embedding(items + 1, width, padding_idx=items)
        nn.init.normal_(self.items.weight[:-1], std=DEVIATION)

    @abstractmethod
    def represent(self, sequences: Tensor) -> Tensor:
        """Return [B, D] of the newest items [B, L], I where there is none."""

    def forward(self, users: Tensor, sequences: Tensor, items: Tensor) -> Tensor:
        """Return the scores [B, C] of `items` [B, C]."""
        return torch.einsum("bd,bcd->bc", self.represent(sequences), self.items(items))

    def score_all(self, users: Tensor, sequences: Tensor) -> Tensor:
        """Return the scores of all items [B, I]."""
        return functional.linear(self.represent(sequences), self.items.weight[:-1])

    def vectors(self, users: Tensor, sequences: Tensor) -> tuple[Tensor, Tensor]:
        """Return the representations [B, D] and the items' own vectors [I, D]."""
        return self.represent(sequences), self.items.weight[:-1]

    def padding(self, sequences: Tensor) -> Tensor:
        """Tell where `sequences` have no item: bool [B, L]."""
        return sequences == self.items.num_embeddings - 1


class OneStream(AttentiveModel):
    """One stream of self-attention, in which each place sees what came before it."""

    def __init__(self, items: int, length: int, width: int, heads: int, layers: int, dropout: float) -> None:
        """`length` is L, `width` D."""
        super().__init__(items, width)
        self.stream = SelfAttention(length, width, heads, layers, dropout)

    def states(self, sequences: Tensor) -> Tensor:
        """Return [B, L, D] of `sequences` [B, L], each place by what came until then."""
        states: Tensor = self.stream(self.items(sequences), self.padding(sequences))
        return states

    def represent(self, sequences: Tensor) -> Tensor:
        """Return [B, D]: what stands at the newest item."""
        return self.states(sequences)[:, -1]


class MaskedStream(OneStream):
    """One stream that can also hide items and see from both sides."""

    def __init__(self, items: int, length: int, width: int, heads: int, layers: int, dropout: float) -> None:
        """`length` is L, `width` D."""
        super().__init__(items, length, width, heads, layers, dropout)
        self.mask = nn.Parameter(DEVIATION * torch.randn(width))

    def encode(self, sequences: Tensor, masked: Tensor) -> Tensor:
        """Return [B, L, D], each place seen from both sides, with a mask for the items where `masked`."""
        vectors = torch.where(masked[..., None], self.mask, self.items(sequences))
        hidden: Tensor = self.stream(vectors, self.padding(sequences) & ~masked, causal=False)
        return hidden


def sizes(settings: Settings) -> tuple[int, int, int, int, float]:
    """Return length, width, heads, layers and dropout of a stream."""
    length = settings["history"]
    width = settings["factors"]
    return length, width, settings["heads"], settings["layers"], settings["dropout"]
