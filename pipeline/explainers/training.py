"""Training of an explanation baseline: best epoch by the validation loss of the words, early stopping."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from pipeline.explainers.base import Explainer, word_loss
from pipeline.explainers.config import TextTrainingConfig
from pipeline.explainers.records import ExplanationRecords
from pipeline.explainers.words import PAD


@dataclass(frozen=True)
class Trained:
    """An explainer with the weights of its best epoch.

    Attributes:
        explainer: in evaluation mode.
        best_epoch: from 1.
        losses: validation loss after each epoch, in nats per word.
    """

    explainer: Explainer
    best_epoch: int
    losses: Sequence[float]

    @property
    def loss(self) -> float:
        """Lowest validation loss."""
        return self.losses[self.best_epoch - 1]


def train_explainer(
    explainer: Explainer,
    train: ExplanationRecords,
    validation: ExplanationRecords,
    config: TextTrainingConfig,
    learning_rate: float,
    rng: np.random.Generator,
) -> Trained:
    """Train with Adam; all tensors have to be on the explainer's device.

    Raises ValueError when the validation loss is no longer a finite number.
    """
    optimizer = torch.optim.Adam(explainer.parameters(), lr=learning_rate)
    losses: list[float] = []
    best_epoch = 0
    best = explainer.state_dict()
    while len(losses) < config.epochs and len(losses) - best_epoch < config.patience:
        explainer.train()
        for rows in torch.from_numpy(rng.permutation(len(train))).split(config.batch_size):
            loss = explainer.loss(train.rows(rows.to(train.users.device)))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(explainer.parameters(), config.clip)
            optimizer.step()
        losses.append(mean_word_loss(explainer.eval(), validation, config.batch_size))
        if not math.isfinite(losses[-1]):
            raise ValueError(
                f"training diverged: validation loss {losses[-1]} after epoch {len(losses)} with learning "
                f"rate {learning_rate}; lower it in section explanation_baselines"
            )
        if best_epoch == 0 or losses[-1] < losses[best_epoch - 1]:
            best_epoch = len(losses)
            best = copy.deepcopy(explainer.state_dict())
    explainer.load_state_dict(best)
    return Trained(explainer.eval(), best_epoch, losses)


@torch.no_grad()
def mean_word_loss(explainer: Explainer, pairs: ExplanationRecords, batch_size: int) -> float:
    """Return the mean negative log-likelihood of a word of `pairs`, END included."""
    total = 0.0
    for start in range(0, len(pairs), batch_size):
        batch = pairs.rows(slice(start, start + batch_size))
        total += float(word_loss(explainer(batch, batch.shown()).logits, batch.words, "sum"))
    return total / int((pairs.words != PAD).sum())
