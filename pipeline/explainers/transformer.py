"""PETER: a Transformer over the user, the item and the words written so far.

Li, Zhang, Chen, "Personalized Transformer for Explainable Recommendation" (ACL 2021), section 3. PETER+ reads
the feature of the explanation to be written as well: at test an oracle, and called so in every table.
"""

import math

import torch
from torch import nn

from pipeline.explainers.base import Explainer, LossWeights, Predicted
from pipeline.explainers.records import ExplanationRecords
from pipeline.explainers.words import PAD


def peter_mask(length: int, device: torch.device) -> torch.Tensor:
    """Return the mask of figure 3, true where attention is forbidden, bool [L, L].

    User and item (places 0 and 1) see each other; whatever stands behind them sees what stands before it.
    """
    mask = torch.ones(length, length, dtype=torch.bool, device=device).triu(1)
    mask[0, 1] = False
    return mask


class PETER(Explainer):
    """The rating comes from the user's place, the bag of words from the item's (section 3.3)."""

    def __init__(
        self,
        users: int,
        items: int,
        words: int,
        *,
        width: int,
        heads: int,
        feedforward: int,
        layers: int,
        dropout: float,
        rating_weight: float,
        content_weight: float,
        with_feature: bool,
    ) -> None:
        """Make fresh weights for N users, I items and V words; `with_feature` makes it PETER+.

        Raises ValueError when the width isn't a multiple of the heads.
        """
        super().__init__()
        if width % heads:
            raise ValueError(f"PETER: width {width} isn't a multiple of heads {heads}")
        self.with_feature = with_feature
        self.weights = LossWeights(rating_weight, content_weight)
        self.users, self.items, self.words = (nn.Embedding(size, width) for size in (users, items, words))
        layer = nn.TransformerEncoderLayer(width, heads, feedforward, dropout, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.dropout = nn.Dropout(dropout)
        self.rating = nn.Sequential(nn.Linear(width, width), nn.Sigmoid(), nn.Linear(width, 1))
        self.output = nn.Linear(width, words)
        for table in (self.users, self.items, self.words):
            nn.init.uniform_(table.weight, -0.1, 0.1)

    def forward(self, pairs: ExplanationRecords, shown: torch.Tensor) -> Predicted:
        """Predict the next words, the rating and the words whatever their order."""
        known = [self.users(pairs.users)[:, None], self.items(pairs.items)[:, None]]
        if self.with_feature:
            known.append(self._feature(pairs.features)[:, None])
        inputs = torch.cat([*known, self.words(shown)], dim=1)
        length, width = inputs.shape[1:]
        inputs = self.dropout(inputs * math.sqrt(width) + places(length, width).to(inputs))
        hidden = self.transformer(inputs, peter_mask(length, inputs.device))
        logits = self.output(hidden[:, len(known) :])
        return Predicted(logits, self.rating(hidden[:, 0]).squeeze(-1), self.output(hidden[:, 1]))

    def _feature(self, features: torch.Tensor) -> torch.Tensor:
        """Mean vector of the feature's words [B, D]; the paper's features have one word."""
        counted = (features != PAD)[..., None]
        return (self.words(features) * counted).sum(1) / counted.sum(1)


def places(length: int, width: int) -> torch.Tensor:
    """Return the sines and cosines that tell places apart (Vaswani et al. 2017, section 3.5), [L, D]."""
    rates = torch.exp(-math.log(10_000.0) * torch.arange(0, width, 2) / width)
    angles = torch.arange(length)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :width]
