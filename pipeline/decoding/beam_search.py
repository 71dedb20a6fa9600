"""Beam search over encoded inputs under a constraint.

The search is that of transformers' `generate(num_beams=K, early_stopping=False)`: of each step's 2 K best
continuations, those among the first K that end are kept as finished, the best K that go on are the next
beams; a sample is done when its best beam can no longer beat its worst finished one. Scores are
log-likelihood / length ** length_penalty. Samples that are done and places without a beam are not computed.
"""

from dataclasses import dataclass

import torch

from pipeline.backbones.decoding_state import DecodingState
from pipeline.decoding.constraints import Beams, Constraint
from pipeline.decoding.scoring import MASKED, Continuations, scored


@dataclass(frozen=True)
class Found:
    """Finished beams, best first.

    Attributes:
        states: where each beam ended in its constraint, int64 [B, K].
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
    decoder: DecodingState,
    constraint: Constraint,
    samples: int,
    beams: int,
    eos: int,
    pad: int,
    length_penalty: float,
    device: torch.device,
) -> Found:
    """Search the best `beams` sequences that a constraint allows for each of `samples` encoded inputs (B)."""
    longest = constraint.longest
    done = Found(
        torch.full((samples, beams), constraint.start, device=device),
        torch.full((samples, beams, longest), pad, device=device),
        torch.full((samples, beams), MASKED, device=device),
        torch.zeros(samples, beams, dtype=torch.bool, device=device),
    )
    # One beam to begin with: all would be the same.
    searching = torch.arange(samples, device=device)
    running = done.states[:, :1]
    written = done.tokens[:, :1]
    scores = torch.zeros(samples, 1, device=device)
    hidden = decoder.first()
    for length in range(longest):
        living = Beams(searching, running, scores > MASKED, length)
        found = scored(constraint.allowed(living), living.live, hidden, decoder.head, 2 * beams)
        chosen, parent, tokens, running = _best_continuations(scores, found, 2 * beams)
        written = _gather(written, parent)
        written[:, :, length] = tokens
        ended = (tokens == eos) | (length + 1 == longest)
        among_first = torch.arange(chosen.shape[1], device=device) < beams
        finished = torch.where(ended & among_first, chosen / (length + 1) ** length_penalty, MASKED)
        worst = _keep_best(done, searching, running, written, finished)
        scores, order = chosen.masked_fill(ended, MASKED).topk(min(beams, chosen.shape[1]), dim=1)
        going = (scores[:, 0] / (length + 1) ** length_penalty > worst).nonzero().squeeze(1)
        if not len(going):
            break
        width = int((scores[going] > MASKED).sum(1).max())
        scores = scores[going, :width]
        order = order[going, :width]
        decoder.reorder(going, parent[going].gather(1, order))
        searching = searching[going]
        written = _gather(written[going], order)
        running = running[going].gather(1, order)
        hidden = decoder.step(tokens[going].gather(1, order))
    return done


def _best_continuations(
    scores: torch.Tensor, found: Continuations, keep: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return score, parent beam, token and state of the `keep` best continuations, each [B', keep]."""
    total = (scores[..., None] + found.scores).flatten(1)
    best, index = total.topk(min(keep, total.shape[1]), dim=1)
    return (
        best,
        index // found.tokens.shape[2],
        found.tokens.flatten(1).gather(1, index),
        found.states.flatten(1).gather(1, index),
    )


def _gather(values: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Pick rows [B, K', X] of [B, K, X] by index [B, K']."""
    return values.gather(1, index[..., None].expand(-1, -1, values.shape[2]))


def _keep_best(
    done: Found, samples: torch.Tensor, states: torch.Tensor, tokens: torch.Tensor, scores: torch.Tensor
) -> torch.Tensor:
    """Merge finished beams into those of `samples`; return the score to beat, MASKED while K aren't found."""
    beams = done.scores.shape[1]
    best, order = torch.cat([done.scores[samples], scores], dim=1).topk(beams, dim=1)
    done.states[samples] = torch.cat([done.states[samples], states], dim=1).gather(1, order)
    done.tokens[samples] = _gather(torch.cat([done.tokens[samples], tokens], dim=1), order)
    done.scores[samples] = best
    done.real[samples] = best > MASKED
    return best[:, -1]
