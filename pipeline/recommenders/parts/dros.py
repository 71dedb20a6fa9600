"""SASRec, GRU4Rec and Caser as in the code of DROS (YangZhengyi98/DROS), with which LLaRA's authors trained.

A sequence holds the newest items, the oldest first, and behind them, where it is shorter, I for none. Scores
are a separate layer's on the last item's state; LLaRA takes the table of the items that are read.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence

HEIGHTS = (2, 3, 4)
"""Of Caser's horizontal filters."""
FILTERS = 16
"""Of each height."""


class DrosModel(nn.Module, ABC):
    """Scores of all items after a sequence.

    Attributes:
        item_embeddings: of the items of a sequence, [I + 1, D], the last for none.
        s_fc: from a state to the scores.
    """

    def __init__(self, items: int, width: int, state: int) -> None:
        """`width` is D, `state` the width of what is scored."""
        super().__init__()
        self.item_embeddings = nn.Embedding(items + 1, width)
        self.s_fc = nn.Linear(state, items)

    @abstractmethod
    def states(self, sequences: Tensor, lengths: Tensor) -> Tensor:
        """Return the states after sequences, int64 [B, L], of `lengths`, int64 [B] from 1: [B, state]."""

    def forward(self, sequences: Tensor, lengths: Tensor) -> Tensor:
        """Return the scores of all items [B, I]."""
        scores: Tensor = self.s_fc(self.states(sequences, lengths))
        return scores

    def read(self, sequences: Tensor) -> tuple[Tensor, Tensor]:
        """Return the embeddings of sequences [B, L, D] and where there is an item, 1 or 0, [B, L, 1]."""
        there = (sequences != self.item_embeddings.num_embeddings - 1)[..., None].float()
        return self.item_embeddings(sequences), there


class Attention(nn.Module):
    """One head of attention whose queries alone are normalized; they are added to what comes out."""

    def __init__(self, width: int, dropout: float) -> None:
        """Build the three projections."""
        super().__init__()
        self.dropout = dropout
        self.linear_q = nn.Linear(width, width)
        self.linear_k = nn.Linear(width, width)
        self.linear_v = nn.Linear(width, width)

    def forward(self, queries: Tensor, keys: Tensor, there: Tensor) -> Tensor:
        """Return [B, L, D]; no place sees those where `there` [B, L, 1] is 0.

        DROS hides later places too, which the last one, that alone is scored, doesn't have.
        """
        attended = functional.scaled_dot_product_attention(
            self.linear_q(queries),
            self.linear_k(keys),
            self.linear_v(keys),
            attn_mask=(there > 0).mT,
            dropout_p=self.dropout if self.training else 0.0,
        )
        return attended + queries


class FeedForward(nn.Module):
    """Two layers of width D, with what came in added, then normalized."""

    def __init__(self, width: int, dropout: float) -> None:
        """Build both as convolutions of length 1, as the released weights are."""
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.w_1 = nn.Conv1d(width, width, 1)
        self.w_2 = nn.Conv1d(width, width, 1)
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, states: Tensor) -> Tensor:
        """Return [B, L, D]."""
        changed = self.w_2(self.w_1(states.mT).relu()).mT
        normalized: Tensor = self.layer_norm(self.dropout(changed) + states)
        return normalized


class DrosSasrec(DrosModel):
    """One block of self-attention."""

    def __init__(self, items: int, width: int, length: int, dropout: float = 0.0) -> None:
        """`width` is D, `length` L."""
        super().__init__(items, width, width)
        self.dropout = nn.Dropout(dropout)
        self.positional_embeddings = nn.Embedding(length, width)
        self.ln_1 = nn.LayerNorm(width)
        self.ln_2 = nn.LayerNorm(width)
        self.ln_3 = nn.LayerNorm(width)
        self.mh_attn = Attention(width, dropout)
        self.feed_forward = FeedForward(width, dropout)

    def states(self, sequences: Tensor, lengths: Tensor) -> Tensor:
        """Return what stands at the last item [B, D]."""
        vectors, there = self.read(sequences)
        vectors = self.dropout(vectors + self.positional_embeddings.weight) * there
        attended = self.mh_attn(self.ln_1(vectors), vectors, there)
        states = self.ln_3(self.feed_forward(self.ln_2(attended)) * there)
        return states[torch.arange(len(states)), lengths - 1]


class DrosGru(DrosModel):
    """One layer of a gated recurrent unit."""

    def __init__(self, items: int, width: int, hidden: int) -> None:
        """`width` is D, `hidden` the width of its state."""
        super().__init__(items, width, hidden)
        self.gru = nn.GRU(width, hidden, batch_first=True)

    def states(self, sequences: Tensor, lengths: Tensor) -> Tensor:
        """Return the state after the last item [B, hidden]."""
        packed = pack_padded_sequence(
            self.item_embeddings(sequences), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states: Tensor = self.gru(packed)[1][-1]
        return states


class DrosCaser(DrosModel):
    """Filters over neighbouring items, and a sum of the whole sequence."""

    def __init__(self, items: int, width: int, length: int, dropout: float = 0.0) -> None:
        """`width` is D, `length` L."""
        super().__init__(items, width, len(HEIGHTS) * FILTERS + width)
        self.horizontal_cnn = nn.ModuleList(nn.Conv2d(1, FILTERS, (height, width)) for height in HEIGHTS)
        self.vertical_cnn = nn.Conv2d(1, 1, (length, 1))
        self.dropout = nn.Dropout(dropout)

    def states(self, sequences: Tensor, lengths: Tensor) -> Tensor:
        """Return what the filters saw: per horizontal one its largest, of the vertical one all [B, state]."""
        vectors, there = self.read(sequences)
        image = (vectors * there).unsqueeze(1)
        largest = [filters(image).relu().amax(dim=(2, 3)) for filters in self.horizontal_cnn]
        return self.dropout(torch.cat([*largest, self.vertical_cnn(image).relu().flatten(1)], dim=1))
