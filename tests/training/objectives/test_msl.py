"""MSL by hand: the cross-entropy among the tokens that may follow."""

import pytest
import torch

from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.msl import make
from tests.training.objectives.answers import ALLOWED, ITEMS, catalogue, labels, said, steps

EVERY = labels(0, 1, 2, 3)


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_cross_entropy_renormalized_over_the_allowed_tokens(temperature: float) -> None:
    spoken = said(EVERY)
    logits = (spoken.states @ spoken.projection.T).detach() / temperature
    wanted = 0.0
    row = 0
    for item, tokens in enumerate(ITEMS):
        for token, allowed in zip(tokens, ALLOWED[item], strict=True):
            odds = logits[row].exp()
            wanted -= temperature * float((odds[token] / odds[list(allowed)].sum()).log())
            row += 1
    found = make(catalogue(), ObjectiveConfig(temperature=temperature)).loss(spoken, steps(EVERY))
    assert float(found) == pytest.approx(wanted, rel=1e-5)


def test_tokens_that_may_not_follow_get_no_gradient() -> None:
    wanted = labels(0)
    spoken = said(wanted)
    make(catalogue(), ObjectiveConfig()).loss(spoken, steps(wanted)).backward()
    assert spoken.projection.grad is not None
    moved = spoken.projection.grad.abs().sum(1) > 0
    # Along 2 4 end, 2 or 3 may stand first and 4 or 5 second; the end has no choice.
    assert moved.nonzero().flatten().tolist() == [2, 3, 4, 5]


def test_a_target_off_the_tree_counts_among_all_tokens() -> None:
    wanted = torch.cat([labels(0), torch.tensor([[0]])], dim=1)
    spoken = said(wanted)
    found = make(catalogue(), ObjectiveConfig()).loss(spoken, steps(wanted))
    shorter = said(wanted)._replace(states=spoken.states[:3], targets=spoken.targets[:3])
    padding = float(spoken.losses()[3])
    assert float(found - padding) == pytest.approx(
        float(make(catalogue(), ObjectiveConfig()).loss(shorter, steps(labels(0)))), rel=1e-5
    )
