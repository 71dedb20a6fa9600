"""BERT4Rec: bidirectional self-attention, trained on masked items (Sun et al., CIKM 2019)."""

import numpy as np
import torch
from torch import Tensor

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.every_step import training_runs
from pipeline.recommenders.parts.next_item import catalogue_loss, descend, trained
from pipeline.recommenders.parts.self_attention import MaskedStream, sizes


class BERT4Rec(MaskedStream):
    """What stands at a masked place, seen from both sides, predicts its item (section 3.6)."""

    def represent(self, sequences: Tensor) -> Tensor:
        """Return [B, D]: what stands at a mask behind the newest L - 1 items."""
        moved = sequences.roll(-1, dims=1)
        masked = torch.zeros_like(moved, dtype=torch.bool)
        masked[:, -1] = True
        return self.encode(moved, masked)[:, -1]


def build_bert4rec(data: TrainingData, settings: Settings) -> BERT4Rec:
    """Return an untrained BERT4Rec of these settings."""
    return BERT4Rec(data.items, *sizes(settings))


def train_bert4rec(model: BERT4Rec, data: TrainingData, settings: Settings, rng: np.random.Generator) -> None:
    """Train on masked items of every run, by cross-entropy over all items (eq. 8)."""
    runs = training_runs(data, settings["history"])

    def loss_of(rows: Tensor) -> Tensor:
        items = runs.items[rows]
        masked = draw_masks(~model.padding(items), settings["masked"], rng)
        states = model.encode(items, masked)[masked]
        return catalogue_loss(states, model.items.weight[:-1], items[masked])

    descend(model, len(runs.users), loss_of, settings, rng)


def draw_masks(there: Tensor, share: float, rng: np.random.Generator) -> Tensor:
    """Draw `share` of the places that are `there` [B, L]; the newest of a row where none is drawn."""
    masked = there & torch.from_numpy(rng.random(tuple(there.shape)) < share)
    masked[:, -1] |= ~masked.any(dim=1)
    return masked


FIT = trained(build_bert4rec, train_bert4rec)
