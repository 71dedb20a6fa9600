"""What a language model has to offer to stand under the prompts."""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import torch
from torch import nn

from pipeline.backbones.dropout import DropoutDraws
from pipeline.backbones.vocabulary_loss import vocabulary_loss

IGNORED = -100
"""Label of a position that isn't a target."""


class Embedded(NamedTuple):
    """Inputs as vectors.

    Attributes:
        vectors: float [B, L, D].
        mask: 1 for what may be attended to, 0 for padding, int64 [B, L].
        labels: tokens of the inputs that are to be predicted too, IGNORED elsewhere, int64 [B, L]; None for
            none. For backbones that predict inputs alone: not where inputs see one another all at once.
    """

    vectors: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor | None = None


class Backbone(nn.Module, ABC):
    """A language model that reads vectors and predicts tokens.

    `pipeline.backbones.begin` decodes with it: what only generation needs isn't imported by training.

    Attributes:
        draws: where dropout draws from, to be seeded before each step; None: from torch's generator.
        predicts_inputs: whether inputs may have labels, too.
    """

    draws: DropoutDraws | None = None
    predicts_inputs: bool = False

    @property
    @abstractmethod
    def projection(self) -> torch.Tensor:
        """The output projection, float [V, D], to be multiplied with what `predictions` returns."""

    @property
    @abstractmethod
    def embedding(self) -> torch.Tensor:
        """The table of token embeddings, float [V, D]."""

    @property
    def width(self) -> int:
        """D."""
        return self.embedding.shape[1]

    def embed(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of tokens, int64 [B, L], as float [B, L, D]."""
        return nn.functional.embedding(tokens, self.embedding)

    @abstractmethod
    def predictions(self, inputs: Embedded, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the states that predict the labels, float [M, D], and these labels, int64 [M].

        `labels` are the tokens of the answers, int64 [B, T]. Every label that isn't IGNORED is one of the M;
        its state has seen the inputs and the labels before it.
        """

    @abstractmethod
    def description(self) -> dict[str, Any]:
        """Return what `pipeline.backbones.build.restore_backbone` builds it anew from, as JSON has it."""

    def loss(self, inputs: Embedded, labels: torch.Tensor) -> tuple[torch.Tensor, int]:
        """Return the sum of the labels' negative log-likelihoods (equation 10), in nats, and their number."""
        states, targets = self.predictions(inputs, labels)
        return vocabulary_loss(states, self.projection, targets), len(targets)

    @abstractmethod
    def widen(self, vocabulary: int) -> None:
        """Have `vocabulary` token embeddings, the old ones as they are (`vocabulary`)."""

    def prepare_training(self, device: torch.device) -> None:
        """Take the layers that train fastest on `device`; names and values of all weights stay."""
