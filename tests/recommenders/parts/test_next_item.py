import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.parts import next_item
from pipeline.recommenders.parts.next_item import (
    UserModel,
    binary_loss,
    catalogue_loss,
    full_loss,
    newest,
    pairwise_loss,
    training_windows,
)


class Fixed(UserModel):
    """Represents everyone by 1, so that an item's score is its output plus its bias."""

    def __init__(self, scores):
        super().__init__(1, len(scores), 1, 1)
        self.output = nn.Embedding.from_pretrained(torch.tensor(scores)[:, None])
        self.bias = nn.Embedding.from_pretrained(torch.zeros(len(scores), 1))

    def represent(self, users, sequences):
        return torch.ones(len(users), 1)


def losses(loss, scores, target, negatives):
    model = Fixed(scores)
    return float(
        loss(model, torch.tensor([0]), torch.zeros(1, 2), torch.tensor([target]), torch.tensor([negatives]))
    )


def test_losses_by_hand():
    def sigmoid(value):
        return 1 / (1 + math.exp(-value))

    scores = [2.0, -1.0, 0.5]
    assert losses(binary_loss, scores, 0, [1, 2]) == pytest.approx(
        -math.log(sigmoid(2)) - math.log(1 - sigmoid(-1)) - math.log(1 - sigmoid(0.5)), rel=1e-5
    )
    assert losses(pairwise_loss, scores, 0, [1, 2]) == pytest.approx(
        -math.log(sigmoid(3)) - math.log(sigmoid(1.5)), rel=1e-5
    )
    total = sum(math.exp(score) for score in scores)
    assert losses(full_loss, scores, 0, []) == pytest.approx(-math.log(math.exp(2) / total), rel=1e-5)


@pytest.mark.parametrize("count", [1, 5, 64, 200])
def test_the_loss_in_parts_is_that_of_all_scores_at_once(monkeypatch, count):
    monkeypatch.setattr(next_item, "SCORES", 1000)
    generator = torch.Generator().manual_seed(count)
    states = torch.randn(count, 8, generator=generator, requires_grad=True)
    vectors = torch.randn(50, 8, generator=generator, requires_grad=True)
    targets = torch.randint(50, (count,), generator=generator)
    wanted = functional.cross_entropy(states @ vectors.T, targets)
    found = catalogue_loss(states, vectors, targets)
    torch.testing.assert_close(found, wanted)
    for one, other in zip(
        *(torch.autograd.grad(loss, (states, vectors)) for loss in (found, wanted)), strict=True
    ):
        torch.testing.assert_close(one, other)


def test_scores_of_all_and_of_some_agree():
    model = Fixed([2.0, -1.0, 0.5])
    some = model(torch.tensor([0]), torch.zeros(1, 2), torch.tensor([[2, 0]]))
    assert some.tolist() == [[0.5, 2.0]]
    assert model.score_all(torch.tensor([0]), torch.zeros(1, 2)).tolist() == [[2.0, -1.0, 0.5]]


def test_newest_by_hand():
    histories = [np.array([1, 2, 3]), np.array([4]), np.array([], dtype=int)]
    assert newest(histories, 2, 9).tolist() == [[2, 3], [9, 4], [9, 9]]


def test_windows_are_every_step_but_the_first():
    data = TrainingData([np.array([5, 6, 7]), np.array([1]), np.array([2, 3])], None, 8)
    windows = training_windows(data, 2)
    assert windows.users.tolist() == [0, 0, 2]
    assert windows.sequences.tolist() == [[8, 5], [5, 6], [8, 2]]
    assert windows.targets.tolist() == [6, 7, 3]
