"""What an objective is given, and a step of training with one in place of the model's own loss."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch

from pipeline.backbones.base import IGNORED
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batches import Batch
from pipeline.prompts.item_trie import ROOT, ItemTrie
from pipeline.tasks.base import AnswerKind
from pipeline.training.objectives.config import ObjectiveConfig

OFF_TREE = -1
"""Edge and item of a target that spells no item, as padding that counts."""


@dataclass(frozen=True)
class Catalogue:
    """The items as an objective sees them.

    Attributes:
        trie: the tree of their answers.
        counts: train interactions of each item, int64 [I].
    """

    trie: ItemTrie
    counts: np.ndarray


class Steps(NamedTuple):
    """Where in the tree each target of a batch stands, row by row.

    Attributes:
        samples: which sample of the batch it belongs to, int64 [M].
        places: its place in the answer, from 0, int64 [M].
        edges: the edge of the tree that it takes, int64 [M]; OFF_TREE for none.
        items: the item that the whole answer spells, int64 [M]; OFF_TREE for none.
    """

    samples: torch.Tensor
    places: torch.Tensor
    edges: torch.Tensor
    items: torch.Tensor


class Predicted(NamedTuple):
    """What the model says at each target.

    Attributes:
        states: its states, float [M, D].
        projection: the projection to the vocabulary, float [V, D].
        targets: the tokens wanted, int64 [M].
        blind: its states after the same prompts without user and items, float [M, D]; None where the
            objective doesn't ask for them.
    """

    states: torch.Tensor
    projection: torch.Tensor
    targets: torch.Tensor
    blind: torch.Tensor | None = None

    def losses(self) -> torch.Tensor:
        """Return each target's negative log-likelihood over the whole vocabulary, in nats, float [M]."""
        return torch.nn.functional.cross_entropy(
            (self.states @ self.projection.T).float(), self.targets, reduction="none"
        )


@dataclass(frozen=True)
class Objective:
    """A loss of item answers.

    Attributes:
        loss: gives the sum over a batch's targets, in nats.
        blind: whether it wants the model's states without user and items, too.
    """

    loss: Callable[[Predicted, Steps], torch.Tensor]
    blind: bool = False


MakeObjective = Callable[[Catalogue, ObjectiveConfig], Objective]


def walk(trie: ItemTrie, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the edge of each label, int64 [B, T], and the item of each row, int64 [B]; OFF_TREE for none.

    `labels` are tokens of answers, int64 [B, T], IGNORED or anything else behind their end.
    """
    # Edges stand in the order of (node, token).
    span = int(trie.token.max()) + 1
    keys = torch.repeat_interleave(torch.arange(len(trie.count), device=labels.device), trie.count)
    keys = keys * span + trie.token
    nodes = torch.full_like(labels[:, 0], ROOT)
    edges = torch.full_like(labels, OFF_TREE)
    on_tree = torch.ones_like(nodes, dtype=torch.bool)
    for place in range(labels.shape[1]):
        token = labels[:, place]
        wanted = nodes * span + token
        found = torch.searchsorted(keys, wanted).clamp(max=len(keys) - 1)
        on_tree = on_tree & (token >= 0) & (token < span) & (keys[found] == wanted)
        edges[:, place] = torch.where(on_tree, found, OFF_TREE)
        nodes = torch.where(on_tree, trie.target[found], nodes)
    return edges, trie.item[nodes]


def steps_of(trie: ItemTrie, labels: torch.Tensor) -> Steps:
    """Return where the targets among `labels` stand, in the order of `Backbone.predictions`."""
    edges, items = walk(trie, labels)
    wanted = labels != IGNORED
    samples, places = wanted.nonzero(as_tuple=True)
    return Steps(samples, places, edges[wanted], items[samples])


def without_names(batch: Batch) -> Batch:
    """Return the batch without the tokens that name users and items: those with a whole-word row."""
    kept = (batch.mask > 0) & (batch.rows == 0)
    # What is kept moves to the front, in its order: padding stands behind.
    order = (~kept).long().argsort(dim=1, stable=True)
    return replace(
        batch,
        tokens=batch.tokens.gather(1, order),
        rows=torch.zeros_like(batch.rows),
        mask=kept.long().gather(1, order),
        slots=None if batch.slots is None else batch.slots.gather(1, order),
    )


class Lesson:
    """`Trainable`: the model's loss of texts, an objective's of items."""

    def __init__(self, model: PeaPOD, objective: Objective, trie: ItemTrie) -> None:
        """Take the model, what is to be made smaller, and the tree of items on the model's device."""
        self._model = model
        self._objective = objective
        self._trie = trie

    def loss(self, batch: Batch, rng: np.random.Generator | None = None) -> tuple[torch.Tensor, int]:
        """Return the sum of the losses of all targets and their number; dropout draws from `rng`."""
        if batch.task.answers is AnswerKind.TEXT or batch.labels is None:
            return self._model.loss(batch, rng)
        states, targets = self._model.predictions(batch, rng)
        blind = None
        if self._objective.blind:
            blind, _ = self._model.predictions(without_names(batch), None)
        said = Predicted(states, self._model.backbone.projection, targets, blind)
        return self._objective.loss(said, steps_of(self._trie, batch.labels)), len(targets)
