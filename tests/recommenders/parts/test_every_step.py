import itertools
import math

import numpy as np
import pytest
import torch

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.parts.every_step import (
    binary_cross_entropy,
    cross_entropy,
    training_runs,
)
from pipeline.recommenders.parts.self_attention import OneStream


def test_runs_hold_every_step_once_but_the_first():
    histories = [np.array([5, 6, 7, 8, 9]), np.array([1]), np.array([2, 3])]
    runs = training_runs(TrainingData(histories, None, 10), 3)
    assert runs.users.tolist() == [0, 0, 2]
    assert runs.items.tolist() == [[7, 8, 9], [5, 6, 7], [10, 2, 3]]
    steps = [(before, after) for row in runs.items.tolist() for before, after in itertools.pairwise(row)]
    assert sorted(step for step in steps if 10 not in step) == [(2, 3), (5, 6), (6, 7), (7, 8), (8, 9)]


def test_a_run_that_ends_at_the_first_item_is_none():
    runs = training_runs(TrainingData([np.array([4, 5, 6])], None, 10), 3)
    assert runs.items.tolist() == [[4, 5, 6]]


def test_losses_by_hand():
    states = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    vectors = torch.tensor([[2.0, 0.0], [0.0, 1.0], [-1.0, 0.5]])
    targets, negatives = torch.tensor([0, 1]), torch.tensor([[1, 2], [2, 0]])
    scores = [[2.0, 0.0, -1.0], [0.0, 2.0, 1.0]]
    wanted = -np.mean(
        [
            row[target] - math.log(sum(math.exp(score) for score in row))
            for row, target in zip(scores, (0, 1), strict=True)
        ]
    )
    assert float(cross_entropy(states, vectors, targets, negatives)) == pytest.approx(wanted, rel=1e-5)

    def log_sigmoid(value):
        return -math.log(1 + math.exp(-value))

    sums = [
        log_sigmoid(2) + log_sigmoid(0) + log_sigmoid(1),
        log_sigmoid(2) + log_sigmoid(-1) + log_sigmoid(0),
    ]
    found = float(binary_cross_entropy(states, vectors, targets, negatives))
    assert found == pytest.approx(-np.mean(sums), rel=1e-5)


def test_each_place_is_what_the_history_until_then_gives_alone():
    """So that training on all places is training on every prefix."""
    torch.manual_seed(0)
    stream = OneStream(6, 4, 8, 2, 2, 0.5).eval()
    whole = stream.states(torch.tensor([[6, 1, 4, 2]]))[0]
    changed = stream.states(torch.tensor([[6, 1, 4, 5]]))[0]
    torch.testing.assert_close(whole[:3], changed[:3])
    torch.testing.assert_close(stream.represent(torch.tensor([[6, 1, 4, 2]]))[0], whole[3])
