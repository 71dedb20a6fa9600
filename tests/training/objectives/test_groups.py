"""Weights of groups of items by hand."""

import numpy as np
import pytest

from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.groups import group_weights, make
from tests.training.objectives.answers import catalogue, labels, said, steps


def test_groups_weigh_in_inverse_proportion_to_their_interactions() -> None:
    # The less popular half, items 2 and 3, has 2 interactions, the other 6; the mean is 4.
    assert group_weights(np.array([4, 2, 1, 1]), 2).tolist() == pytest.approx([4 / 6, 4 / 6, 2, 2])
    assert np.isfinite(group_weights(np.array([0, 0, 5, 5]), 2)).all()


def test_popular_items_weigh_less() -> None:
    settings = ObjectiveConfig(groups=2)
    popular = labels(0)
    rare = labels(2)
    weights = []
    for wanted in (popular, rare):
        spoken = said(wanted)
        total = make(catalogue(), settings).loss(spoken, steps(wanted))
        weights.append(float(total / spoken.losses().sum()))
    assert weights[1] / weights[0] == pytest.approx(3, rel=1e-5)
