"""NRT: ratings and words from the same user and item factors, then a GRU.

Li et al., "Neural Rating Regression with Abstractive Tips Generation for Recommendation" (SIGIR 2017),
section 3. The words of the explanation stand for the review text of its section 3.3. With the paper's weight
of the L2 norm, 1e-4 over all parameters, it writes one sentence for all (figures in docs/baselines.md).
"""

from itertools import pairwise

import torch
from torch import nn

from pipeline.explainers.base import Explainer, LossWeights, Make, Predicted
from pipeline.explainers.records import ExplanationRecords

HIGHEST = 5
"""Ratings are stars from 1 to HIGHEST; a predicted one is rounded to the next of them."""


class NRT(Explainer):
    """A perceptron predicts the rating, another the words; both set the state of the GRU (equation 11)."""

    def __init__(
        self,
        users: int,
        items: int,
        words: int,
        *,
        factors: int,
        hidden: int,
        layers: int,
        dropout: float,
        rating_weight: float,
        content_weight: float,
        l2_weight: float,
    ) -> None:
        """Make fresh weights for N users, I items and V words.

        `factors` is the width of a user's, an item's and a word's vector, `hidden` that of the GRU and of the
        perceptrons, `layers` counts those of the rating's; the paper drops nothing out.
        """
        super().__init__()
        self.weights = LossWeights(rating_weight, content_weight, l2_weight)
        self.users = nn.Embedding(users, factors)
        self.items = nn.Embedding(items, factors)
        widths = [2 * factors, *[hidden] * layers]
        perceptron = [part for pair in pairwise(widths) for part in (nn.Linear(*pair), nn.Sigmoid())]
        self.rating = nn.Sequential(*perceptron, nn.Linear(hidden, 1))
        self.content = nn.Sequential(nn.Linear(2 * factors, hidden), nn.Sigmoid())
        self.content_words = nn.Linear(hidden, words)
        self.state = nn.Linear(2 * factors + HIGHEST + hidden, hidden)
        self.words = nn.Embedding(words, factors)
        self.gru = nn.GRU(factors, hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, words)

    def forward(self, pairs: ExplanationRecords, shown: torch.Tensor) -> Predicted:
        """Predict the next words, the rating and the words whatever their order."""
        factors = torch.cat([self.users(pairs.users), self.items(pairs.items)], dim=-1)
        ratings = self.rating(factors).squeeze(-1)
        content = self.content(factors)
        stars = ratings.detach().round().clamp(1, HIGHEST).long() - 1
        known = torch.cat([factors, nn.functional.one_hot(stars, HIGHEST).float(), content], dim=-1)
        state = self.state(known).tanh()[None]
        hidden, _ = self.gru(self.dropout(self.words(shown)), state)
        return Predicted(self.output(self.dropout(hidden)), ratings, self.content_words(content))


MAKE: Make = NRT
