"""What the explanation baselines share: what they predict, their loss, and greedy decoding."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from pipeline.explainers.records import ExplanationRecords
from pipeline.explainers.words import END, PAD, START, UNKNOWN


class Predicted(NamedTuple):
    """What an explainer says of B pairs.

    Attributes:
        logits: of the next word at each place, float [B, T, V].
        ratings: float [B]; None if the explainer doesn't predict them.
        content: logits of the explanation's words whatever their order, float [B, V]; or None.
    """

    logits: torch.Tensor
    ratings: torch.Tensor | None = None
    content: torch.Tensor | None = None


class LossWeights(NamedTuple):
    """What is added to the mean negative log-likelihood of a word.

    Attributes:
        rating: weight of the squared error of ratings.
        content: weight of the mean negative log-likelihood of the words under `Predicted.content`.
        l2: weight of the sum of all squared parameters.
    """

    rating: float = 0.0
    content: float = 0.0
    l2: float = 0.0


class Explainer(nn.Module):
    """Base of the explanation baselines: `forward` takes pairs and the words shown so far to Predicted."""

    weights = LossWeights()

    def forward(self, pairs: ExplanationRecords, shown: torch.Tensor) -> Predicted:
        """Predict from users, items (and features) of `pairs` and `shown` word ids, int64 [B, T].

        The logits at a place depend on no later place of `shown`. `pairs.words` and `pairs.ratings` are what
        is asked for and must not be read.
        """
        raise NotImplementedError

    def loss(self, batch: ExplanationRecords) -> torch.Tensor:
        """Return the training loss of a batch; pairs without a rating don't count in the rating's part."""
        predicted = self(batch, batch.shown())
        loss = word_loss(predicted.logits, batch.words)
        rated = ~batch.ratings.isnan()
        if predicted.ratings is not None and rated.any():
            loss = loss + self.weights.rating * F.mse_loss(predicted.ratings[rated], batch.ratings[rated])
        if predicted.content is not None:
            loss = loss + self.weights.content * content_loss(predicted.content, batch.words)
        if self.weights.l2:
            loss = loss + self.weights.l2 * sum(part.square().sum() for part in self.parameters())
        return loss


Make = Callable[..., Explainer]
"""From N users, I items, V words and the sizes by name to an explainer with fresh weights."""


def word_loss(logits: torch.Tensor, words: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """Return the negative log-likelihood of `words` [B, T] under logits [B, T, V]; padding doesn't count."""
    return F.cross_entropy(logits.flatten(0, 1), words.flatten(), ignore_index=PAD, reduction=reduction)


def content_loss(logits: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """Return the mean negative log-likelihood of `words` [B, T] under logits [B, V], END left out."""
    counted = (words != PAD) & (words != END)
    return -logits.log_softmax(-1).gather(1, words)[counted].sum() / counted.sum().clamp(min=1)


@torch.no_grad()
def write_greedily(
    explainer: Explainer, pairs: ExplanationRecords, longest: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Write the likeliest next word until END, at least one word and at most `longest`.

    Returns word ids, int64 [B, at most longest], PAD behind END; and the mean log-likelihood of a written
    word, END included, float [B].
    """
    written = pairs.users.new_full((len(pairs), 1), START)
    total = torch.zeros(len(pairs), device=written.device)
    count = torch.zeros_like(total)
    open_ends = torch.ones_like(total, dtype=torch.bool)
    for place in range(longest):
        scores = explainer(pairs, written).logits[:, -1].log_softmax(-1)
        scores[:, [PAD, START, UNKNOWN, *([END] if place == 0 else [])]] = -torch.inf
        best, words = scores.max(-1)
        total = total + best.where(open_ends, 0.0)
        count = count + open_ends
        written = torch.cat([written, words.where(open_ends, PAD)[:, None]], dim=1)
        open_ends = open_ends & (words != END)
        if not open_ends.any():
            break
    return written[:, 1:], total / count
