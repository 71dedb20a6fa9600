"""IGD by hand on a tree of four items with shares 1/2, 1/4, 1/8, 1/8."""

from math import log

import numpy as np
import pytest
import torch

from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.igd import make
from tests.training.objectives.answers import catalogue, labels, said, steps

EVERY = labels(0, 1, 2, 3)
HELD = [log(2) / 2, log(4) / 4, log(8) / 8, log(8) / 8]
"""-p log p of each item."""


def test_information_gain_by_hand() -> None:
    trie = catalogue().trie
    gains = trie.information_gain(catalogue().counts)
    first = [sum(HELD[2:]), sum(HELD[:2])]  # Behind token 2 items 0 and 1 are left, behind 3 the others.
    assert gains[:2].tolist() == pytest.approx(first)
    # Items 0 and 1, 2 and 3 are told apart by the second token, which leaves one of the two.
    assert gains[2:6].tolist() == pytest.approx([HELD[1], HELD[0], HELD[3], HELD[2]])
    # Every other token is the only one of its node.
    assert not gains[6:].any()


def test_relative_gain_by_hand() -> None:
    # Token 3 says more than 2; behind either, both items hold the same.
    found = catalogue().trie.relative_gain(catalogue().counts)
    assert found[:6].tolist() == pytest.approx([0, 1, 0, 0, 0, 0])
    counts = np.array([6, 1, 1, 1])
    trie = catalogue(counts).trie
    gains = trie.information_gain(counts)
    relative = trie.relative_gain(counts)
    for edges in ([0, 1], [2, 3]):
        low, high = sorted(edges, key=lambda edge: float(gains[edge]))
        assert (float(relative[low]), float(relative[high])) == (0.0, 1.0)
    assert not relative[4:].any()


def test_tokens_without_gain_weigh_less_and_the_mean_is_one() -> None:
    spoken = said(EVERY)
    losses = spoken.losses().detach()
    # Weights along the items: 1 1 b, 1 1 b, 1 1 b, 1 1 b b; train has 4, 2, 1 and 1 of them.
    silent = torch.tensor([0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1], dtype=torch.bool)
    mean = (7 * (1 + 1 + 0.1) + (1 + 1 + 0.1 + 0.1)) / (7 * 3 + 4)
    wanted = float((losses * torch.where(silent, 0.1, 1.0)).sum()) / mean
    found = make(catalogue(), ObjectiveConfig(no_gain=0.1)).loss(spoken, steps(EVERY))
    assert float(found) == pytest.approx(wanted, rel=1e-5)


def test_no_difference_is_cross_entropy() -> None:
    spoken = said(EVERY)
    found = make(catalogue(), ObjectiveConfig(no_gain=1.0)).loss(spoken, steps(EVERY))
    assert float(found) == pytest.approx(float(spoken.losses().sum()), rel=1e-6)
