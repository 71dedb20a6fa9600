"""CFT: position weights, and what user and items change as a prediction of its own."""

import pytest
import torch

from pipeline.training.objectives import cft, position
from pipeline.training.objectives.config import ObjectiveConfig
from tests.training.objectives.answers import catalogue, labels, said, steps

WANTED = labels(0, 1)


def test_without_effect_it_is_position_weights() -> None:
    settings = ObjectiveConfig(effect=0.0)
    spoken = said(WANTED, blind=True)
    found = cft.make(catalogue(), settings).loss(spoken, steps(WANTED))
    assert found == position.make(catalogue(), settings).loss(spoken, steps(WANTED))


def test_the_difference_of_logits_is_to_predict_the_answer() -> None:
    spoken = said(WANTED, blind=True)
    assert spoken.blind is not None
    changed = ((spoken.states - spoken.blind) @ spoken.projection.T).log_softmax(1)
    effect = -changed[torch.arange(6), spoken.targets].sum()
    settings = ObjectiveConfig(last=1.0, effect=0.5)
    found = cft.make(catalogue(), settings).loss(spoken, steps(WANTED))
    assert float(found) == pytest.approx(float((spoken.losses().sum() + 0.5 * effect).detach()), rel=1e-5)


def test_it_asks_for_states_without_names() -> None:
    objective = cft.make(catalogue(), ObjectiveConfig())
    assert objective.blind
    with pytest.raises(ValueError, match="without user and items"):
        objective.loss(said(WANTED), steps(WANTED))
