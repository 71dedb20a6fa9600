"""Att2Seq: attributes in, an LSTM's first state out.

Dong et al., "Learning to Generate Product Reviews from Attributes" (EACL 2017), section 3, without its
attention over the attributes, as in the comparison of PETER's authors (Li et al., ACL 2021, section 4.3). The
attributes are the user and the item; the paper's third, the rating, isn't known when the question is asked.
"""

import torch
from torch import nn

from pipeline.explainers.base import Explainer, Make, Predicted
from pipeline.explainers.records import ExplanationRecords


class Att2Seq(Explainer):
    """One hidden layer over user and item sets the state of a stacked LSTM (equations 1 to 4)."""

    def __init__(
        self, users: int, items: int, words: int, *, attributes: int, hidden: int, layers: int, dropout: float
    ) -> None:
        """Make fresh weights for N users, I items and V words.

        `attributes` is the width of a user's and an item's vector, `hidden` that of the LSTM and of words;
        `dropout` is the share that is dropped of words and outputs, and between layers.
        """
        super().__init__()
        self.users = nn.Embedding(users, attributes)
        self.items = nn.Embedding(items, attributes)
        self.state = nn.Linear(2 * attributes, layers * hidden)
        self.words = nn.Embedding(words, hidden)
        self.lstm = nn.LSTM(hidden, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, words)

    def forward(self, pairs: ExplanationRecords, shown: torch.Tensor) -> Predicted:
        """Predict the next words."""
        attributes = torch.cat([self.users(pairs.users), self.items(pairs.items)], dim=-1)
        state = self.state(attributes).tanh().view(len(pairs), self.lstm.num_layers, -1)
        state = state.transpose(0, 1).contiguous()
        hidden, _ = self.lstm(self.dropout(self.words(shown)), (state, torch.zeros_like(state)))
        return Predicted(self.output(self.dropout(hidden)))


MAKE: Make = Att2Seq
