"""Position weights by hand."""

import pytest

from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.position import falling, make
from tests.training.objectives.answers import catalogue, labels, said, steps


def test_weights_fall_to_the_last_token_of_each_answer() -> None:
    found = falling(catalogue(), 0.4)
    assert found[0, :3].tolist() == pytest.approx([1, 0.7, 0.4])
    assert found[3].tolist() == pytest.approx([1, 0.8, 0.6, 0.4])


def test_weights_of_one_are_cross_entropy() -> None:
    wanted = labels(2, 3)
    spoken = said(wanted)
    found = make(catalogue(), ObjectiveConfig(last=1.0)).loss(spoken, steps(wanted))
    assert float(found) == pytest.approx(float(spoken.losses().sum()), rel=1e-6)
