"""Which tokens may follow a beam: those that spell items, or any. The model's scores aren't known here."""

from dataclasses import dataclass, replace
from typing import Protocol

import torch

from pipeline.prompts.item_trie import ROOT, ItemTrie


@dataclass(frozen=True)
class Beams:
    """The beams of the samples that still search, B' samples with at most K' living beams each.

    Attributes:
        samples: which sample each row is, int64 [B'].
        states: where each beam is in its constraint, int64 [B', K'].
        live: false where a sample has fewer beams, bool [B', K'].
        length: tokens of each beam so far.
    """

    samples: torch.Tensor
    states: torch.Tensor
    live: torch.Tensor
    length: int


@dataclass(frozen=True)
class Advice:
    """What an assistant adds: a token's score is `weight` x the model's log-probability + the edge's `added`.

    Attributes:
        weight: from 0 to 1.
        added: (1 - weight) x the assistant's log-probability of each edge at its node, float32 [B, edges].
    """

    weight: float
    added: torch.Tensor


@dataclass(frozen=True)
class Listed:
    """A few tokens for each beam.

    Attributes:
        tokens: int64 [B', K', C].
        states: what the beam becomes, int64 [B', K', C].
        allowed: false where a beam has fewer, bool [B', K', C].
        weight: of the model's log-probabilities, or of each, float32 [B', K', C].
        added: what is added to them, float32 [B', K', C]; None for nothing.
    """

    tokens: torch.Tensor
    states: torch.Tensor
    allowed: torch.Tensor
    weight: float | torch.Tensor = 1.0
    added: torch.Tensor | None = None


@dataclass(frozen=True)
class AllBut:
    """All tokens below `vocabulary`, but for `barred`, where that isn't None; a beam becomes its token."""

    vocabulary: int
    barred: int | None


class Constraint(Protocol):
    """What may be spelled, in at most `longest` tokens; a beam's place is a number, at first `start`."""

    start: int
    longest: int

    def allowed(self, beams: Beams) -> Listed | AllBut:
        """Return which tokens may follow each beam."""


class ItemConstraint:
    """The tokens of real items, or of some of them for each sample."""

    start = ROOT

    def __init__(
        self,
        trie: ItemTrie,
        edges: torch.Tensor | None = None,
        advice: Advice | None = None,
        weights: torch.Tensor | None = None,
    ) -> None:
        """Take the tree of all items, and what changes it.

        Args:
            trie: the tree.
            edges: to narrow it, the edges each sample may take, bool [B, edges].
            advice: an assistant's.
            weights: of the model's log-probability of each edge, float32 [edges]; None: all 1.
        """
        self._trie = trie
        self._edges = edges
        self._advice = advice
        self._weights = weights
        self.longest = trie.paths.shape[1]

    def allowed(self, beams: Beams) -> Listed:
        """Return the edges that leave each beam's node."""
        edges, allowed = self._trie.edges(beams.states)
        allowed = allowed & beams.live[..., None]
        samples = beams.samples[:, None, None]
        if self._edges is not None:
            allowed &= self._edges[samples, edges]
        weight = 1.0 if self._weights is None else self._weights[edges]
        found = Listed(self._trie.token[edges], self._trie.target[edges], allowed, weight)
        if self._advice is None:
            return found
        advised = self._advice.weight * weight
        return replace(found, weight=advised, added=self._advice.added[samples, edges])


class LengthConstraint:
    """Any tokens; the end only after `shortest` tokens, and at the latest after `longest`."""

    start = 0

    def __init__(self, vocabulary: int, eos: int, shortest: int, longest: int) -> None:
        """Take V, the end-of-sequence token, and the fewest and most tokens."""
        self._vocabulary = vocabulary
        self._eos = eos
        self._shortest = shortest
        self.longest = longest

    def allowed(self, beams: Beams) -> AllBut:
        """Return all tokens, without the end where that comes too soon."""
        return AllBut(self._vocabulary, self._eos if beams.length < self._shortest else None)
