"""Beam search over encoded inputs: through an item trie, or over free text.

The search is that of transformers' `generate(num_beams=K, early_stopping=False)`: of each step's 2 K best
continuations, those among the first K that end are kept as finished, the best K that go on are the next
beams; a sample is done when its best beam can no longer beat its worst finished one. Scores are
log-likelihood / length ** length_penalty.
"""

from dataclasses import dataclass
from typing import Protocol

import torch

from pipeline.decoding.item_trie import ROOT, ItemTrie
from pipeline.model.incremental import IncrementalDecoder

_NEVER = float("-inf")
"""Score of a place that holds nothing."""


@dataclass(frozen=True)
class Continuations:
    """What may follow each beam.

    Attributes:
        tokens: int64 [B, K, C].
        states: what the beam becomes, int64 [B, K, C].
        allowed: bool [B, K, C].
    """

    tokens: torch.Tensor
    states: torch.Tensor
    allowed: torch.Tensor


class Language(Protocol):
    """What may be spelled; a beam's place in it is one number."""

    start: int
    longest: int

    def continuations(self, states: torch.Tensor, length: int) -> Continuations:
        """Return what may follow beams in `states` [B, K] that have `length` tokens so far."""


class ItemLanguage:
    """The tokens of real items, or of some of them for each sample."""

    start = ROOT

    def __init__(self, trie: ItemTrie, allowed: torch.Tensor | None = None) -> None:
        """Take the tree of all items and, to narrow it, the edges each sample may take, bool [B, edges]."""
        self._trie, self._allowed = trie, allowed
        self.longest = trie.paths.shape[1]

    def continuations(self, states: torch.Tensor, length: int) -> Continuations:
        """Return the edges that leave each beam's node."""
        edges, allowed = self._trie.edges(states)
        if self._allowed is not None:
            allowed = allowed & self._allowed.gather(1, edges.flatten(1)).view_as(edges)
        return Continuations(self._trie.token[edges], self._trie.target[edges], allowed)


class FreeLanguage:
    """Any tokens; the end only after `shortest` tokens, and at the latest after `longest`."""

    start = 0

    def __init__(self, vocabulary: int, eos: int, shortest: int, longest: int) -> None:
        """Take V, the end-of-sequence token, and the fewest and most tokens."""
        self._vocabulary, self._eos, self._shortest, self.longest = vocabulary, eos, shortest, longest

    def continuations(self, states: torch.Tensor, length: int) -> Continuations:
        """Return the whole vocabulary for every beam."""
        tokens = torch.arange(self._vocabulary, device=states.device).expand(*states.shape, -1)
        allowed = torch.ones_like(tokens, dtype=torch.bool)
        if length < self._shortest:
            allowed[..., self._eos] = False
        return Continuations(tokens, tokens, allowed)


@dataclass(frozen=True)
class Found:
    """Finished beams, best first.

    Attributes:
        states: where each beam ended in its language, int64 [B, K].
        tokens: what it spells, int64 [B, K, longest], filled up with `pad`.
        scores: float32 [B, K]; `real` is false where a sample has fewer than K finished beams.
        real: bool [B, K].
    """

    states: torch.Tensor
    tokens: torch.Tensor
    scores: torch.Tensor
    real: torch.Tensor


@torch.no_grad()
def beam_search(
    decoder: IncrementalDecoder,
    language: Language,
    samples: int,
    beams: int,
    eos: int,
    pad: int,
    length_penalty: float,
    device: torch.device,
) -> Found:
    """Search the best `beams` sequences of a language for each of `samples` encoded inputs (B)."""
    longest = language.longest
    running = torch.full((samples, beams), language.start, dtype=torch.int64, device=device)
    written = torch.full((samples, beams, longest), pad, dtype=torch.int64, device=device)
    nothing = torch.full((samples, beams), _NEVER, device=device)
    done = Found(running, written, nothing, torch.zeros_like(running, dtype=torch.bool))
    scores = nothing.clone()
    # One beam to begin with: all would be the same.
    scores[:, 0] = 0.0
    improvable = torch.ones(samples, 1, dtype=torch.bool, device=device)
    tokens = torch.full((samples, beams), pad, dtype=torch.int64, device=device)
    for length in range(longest):
        log_probabilities = decoder.step(tokens)
        found = language.continuations(running, length)
        best = _best_continuations(log_probabilities, scores, found, 2 * beams)
        chosen, parent, tokens_2k, states_2k = best
        written_2k = _gather(written, parent)
        written_2k[:, :, length] = tokens_2k
        ended = (tokens_2k == eos) | (length + 1 == longest)
        finished = torch.where(
            ended & improvable & (torch.arange(2 * beams, device=device) < beams),
            chosen / (length + 1) ** length_penalty,
            _NEVER,
        )
        done = _keep_best(done, states_2k, written_2k, finished, beams)
        scores, order = chosen.masked_fill(ended, _NEVER).topk(beams, dim=1)
        running, tokens, written = (
            states_2k.gather(1, order),
            tokens_2k.gather(1, order),
            _gather(written_2k, order),
        )
        worst = torch.where(done.real.all(1, keepdim=True), done.scores.min(1, keepdim=True)[0], _NEVER)
        improvable = improvable & (scores[:, :1] / (length + 1) ** length_penalty > worst)
        if not improvable.any():
            break
        decoder.reorder(parent.gather(1, order))
    return done


def _best_continuations(
    log_probabilities: torch.Tensor, scores: torch.Tensor, found: Continuations, keep: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return score, parent beam, token and state of the `keep` best continuations, each [B, keep]."""
    total = scores[..., None] + log_probabilities.gather(2, found.tokens)
    total = total.masked_fill(~found.allowed, _NEVER).flatten(1)
    width = found.tokens.shape[2]
    if total.shape[1] < keep:
        total = torch.nn.functional.pad(total, (0, keep - total.shape[1]), value=_NEVER)
    best, index = total.topk(keep, dim=1)
    # Places of the padding stand for nothing; any real place will do under a score of -inf.
    index = index.clamp(max=found.tokens.shape[1] * width - 1)
    return (
        best,
        index // width,
        found.tokens.flatten(1).gather(1, index),
        found.states.flatten(1).gather(1, index),
    )


def _gather(values: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Pick rows [B, K', X] of [B, K, X] by index [B, K']."""
    return values.gather(1, index[..., None].expand(-1, -1, values.shape[2]))


def _keep_best(
    done: Found, states: torch.Tensor, tokens: torch.Tensor, scores: torch.Tensor, beams: int
) -> Found:
    merged = torch.cat([done.scores, scores], dim=1)
    best, order = merged.topk(beams, dim=1)
    return Found(
        torch.cat([done.states, states], dim=1).gather(1, order),
        _gather(torch.cat([done.tokens, tokens], dim=1), order),
        best,
        torch.cat([done.real, scores > _NEVER], dim=1).gather(1, order),
    )


@torch.no_grad()
def log_likelihoods(decoder: IncrementalDecoder, sequences: torch.Tensor, pad: int) -> torch.Tensor:
    """Return the log-likelihood of each given sequence by teacher forcing.

    Args:
        decoder: at its start.
        sequences: int64 [B, C, T], filled up with `pad`.
        pad: the token that decoding starts from, and that fills up.

    Returns:
        float32 [B, C], the sum over each sequence's tokens.
    """
    total = torch.zeros(sequences.shape[:2], device=sequences.device)
    tokens = torch.full_like(sequences[..., 0], pad)
    for position in range(sequences.shape[2]):
        following = sequences[..., position]
        gained = decoder.step(tokens).gather(2, following[..., None]).squeeze(2)
        total += gained.masked_fill(following == pad, 0.0)
        tokens = following
    return total
