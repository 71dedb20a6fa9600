"""What a beam may spell: the numbers of items, or any text."""

from dataclasses import dataclass
from typing import Protocol

import torch

from pipeline.backbones.output_head import OutputHead
from pipeline.decoding.item_trie import ROOT, ItemTrie

MASKED = float("-inf")
"""Score of a place that holds nothing."""


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
class Continuations:
    """What may follow each beam.

    Attributes:
        tokens: int64 [B', K', C].
        states: what the beam becomes, int64 [B', K', C].
        scores: log-probabilities over the whole vocabulary, float32 [B', K', C]; MASKED where nothing may.
    """

    tokens: torch.Tensor
    states: torch.Tensor
    scores: torch.Tensor


class Constraint(Protocol):
    """What may be spelled; a beam's place in it is one number."""

    start: int
    longest: int

    def continuations(
        self, beams: Beams, hidden: torch.Tensor, output: OutputHead, keep: int
    ) -> Continuations:
        """Return what may follow the beams, the best `keep` of each at least; `hidden` is [B', K', D]."""


class ItemConstraint:
    """The tokens of real items, or of some of them for each sample."""

    start = ROOT

    def __init__(self, trie: ItemTrie, allowed: torch.Tensor | None = None) -> None:
        """Take the tree of all items and, to narrow it, the edges each sample may take, bool [B, edges]."""
        self._trie, self._allowed = trie, allowed
        self.longest = trie.paths.shape[1]

    def continuations(
        self, beams: Beams, hidden: torch.Tensor, output: OutputHead, keep: int
    ) -> Continuations:
        """Return the edges that leave each beam's node; tokens that leave none of them aren't scored."""
        edges, allowed = self._trie.edges(beams.states)
        allowed = allowed & beams.live[..., None]
        if self._allowed is not None:
            allowed &= self._allowed[beams.samples[:, None, None], edges]
        tokens = self._trie.token[edges]
        asked = tokens[allowed].unique()
        scores = hidden.new_full(tokens.shape, MASKED, dtype=torch.float32)
        # Nothing is left to spell for users who have every item.
        if len(asked):
            column = torch.searchsorted(asked, tokens[beams.live]).clamp_(max=len(asked) - 1)
            scores[beams.live] = output.of_tokens(hidden[beams.live], asked).gather(1, column)
        return Continuations(tokens, self._trie.target[edges], scores.masked_fill_(~allowed, MASKED))


class LengthConstraint:
    """Any tokens; the end only after `shortest` tokens, and at the latest after `longest`."""

    start = 0

    def __init__(self, vocabulary: int, eos: int, shortest: int, longest: int) -> None:
        """Take V, the end-of-sequence token, and the fewest and most tokens."""
        self._vocabulary, self._eos, self._shortest, self.longest = vocabulary, eos, shortest, longest

    def continuations(
        self, beams: Beams, hidden: torch.Tensor, output: OutputHead, keep: int
    ) -> Continuations:
        """Return the best `keep` tokens of each beam, and one more in place of an end that comes too soon."""
        best, found = output.best(hidden[beams.live], keep + 1, self._vocabulary)
        if beams.length < self._shortest:
            best = best.masked_fill(found == self._eos, MASKED)
        shape = (*beams.live.shape, best.shape[1])
        scores = best.new_full(shape, MASKED)
        tokens = found.new_full(shape, self._eos)
        scores[beams.live], tokens[beams.live] = best, found
        return Continuations(tokens, tokens, scores)
