"""Scores of the tokens that a constraint allows: no other token is scored."""

from dataclasses import dataclass

import torch

from pipeline.backbones.output_head import OutputHead
from pipeline.decoding.constraints import AllBut, Listed
from pipeline.prompts.item_trie import MASKED


@dataclass(frozen=True)
class Continuations:
    """What may follow each beam.

    Attributes:
        tokens: int64 [B', K', C].
        states: what the beam becomes, int64 [B', K', C].
        scores: log-probabilities over the whole vocabulary, mixed with an assistant's where there is one,
            float32 [B', K', C]; MASKED where nothing may.
    """

    tokens: torch.Tensor
    states: torch.Tensor
    scores: torch.Tensor


def scored(
    following: Listed | AllBut, live: torch.Tensor, hidden: torch.Tensor, head: OutputHead, keep: int
) -> Continuations:
    """Return what may follow the beams, the best `keep` of each at least.

    Args:
        following: the tokens that may follow.
        live: which beams there are, bool [B', K'].
        hidden: their last hidden states, [B', K', D].
        head: from hidden states to log-probabilities.
        keep: how many tokens of each beam are wanted.
    """
    if isinstance(following, Listed):
        return _listed(following, live, hidden[live], head)
    return _best(following, live, hidden[live], head, keep)


def _listed(following: Listed, live: torch.Tensor, hidden: torch.Tensor, head: OutputHead) -> Continuations:
    tokens = following.tokens
    wanted = tokens[following.allowed].unique()
    scores = torch.full(tokens.shape, MASKED, device=tokens.device)
    # Nothing is left to spell for users who have every item.
    if len(wanted):
        column = torch.searchsorted(wanted, tokens[live]).clamp_(max=len(wanted) - 1)
        scores[live] = head.of_tokens(hidden, wanted).gather(1, column)
    if following.added is not None:
        scores = following.weight * scores + following.added
    elif isinstance(following.weight, torch.Tensor):
        scores = following.weight * scores
    return Continuations(tokens, following.states, scores.masked_fill_(~following.allowed, MASKED))


def _best(
    following: AllBut, live: torch.Tensor, hidden: torch.Tensor, head: OutputHead, keep: int
) -> Continuations:
    # One more than wanted, in place of the barred one.
    best, found = head.best(hidden, keep + 1, following.vocabulary)
    if following.barred is not None:
        best = best.masked_fill(found == following.barred, MASKED)
    shape = (*live.shape, best.shape[1])
    scores = best.new_full(shape, MASKED)
    tokens = found.new_zeros(shape)
    scores[live] = best
    tokens[live] = found
    return Continuations(tokens, tokens, scores)
