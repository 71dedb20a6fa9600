"""Flower: the balance by hand, and a model that learns the distribution of rewards."""

import pytest
import torch

from pipeline.training.objectives.base import Predicted, steps_of
from pipeline.training.objectives.config import ObjectiveConfig
from pipeline.training.objectives.flower import imbalance, make
from tests.training.objectives.answers import COUNTS, ITEMS, VOCABULARY, catalogue, labels, said


def test_mean_square_of_every_stretch_by_hand() -> None:
    excess = torch.tensor([[1.0, 2.0, -4.0], [3.0, 0.0, 0.0]])
    # Stretches of the first: 1, 2, -4, 3, -2, -1; of the second, of one token, 3 alone.
    assert imbalance(excess, torch.tensor([3, 1])).tolist() == pytest.approx(
        [(1 + 4 + 16 + 9 + 4 + 1) / 6, 9.0]
    )


def test_flows_of_the_tree_have_no_imbalance() -> None:
    """Logits that are the log-ratios of flows: 3/4 : 1/4, 2/3 : 1/3, 1/2 : 1/2."""
    trie = catalogue().trie
    wanted = labels(0, 3)
    steps = steps_of(trie, wanted)
    shares = {0: [3 / 4, 2 / 3, 1.0], 3: [1 / 4, 1 / 2, 1.0, 1.0]}
    table = torch.full((len(steps.edges), VOCABULARY), -40.0)
    row = 0
    for item in (0, 3):
        for token, share in zip(ITEMS[item], shares[item], strict=True):
            table[row, token] = float(torch.tensor(share).log())
            # What is left goes to a token that isn't wanted.
            table[row, 7] = float(torch.tensor(1 - share + 1e-30).log())
            row += 1
    spoken = Predicted(table, torch.eye(VOCABULARY), wanted[wanted >= 0])
    found = make(catalogue(), ObjectiveConfig(flow=100.0)).loss(spoken, steps)
    assert float(found - spoken.losses().sum()) == pytest.approx(0, abs=1e-3)
    moved = spoken._replace(states=table + torch.nn.functional.one_hot(torch.tensor([2] * len(table)), 8))
    assert float(make(catalogue(), ObjectiveConfig(flow=100.0)).loss(moved, steps) - moved.losses().sum()) > 1


def test_a_table_of_logits_learns_the_distribution_of_rewards() -> None:
    """All items are asked for alike, as by users who all differ: rewards alone tell them apart."""
    trie = catalogue().trie
    wanted = labels(0, 1, 2, 3)
    steps = steps_of(trie, wanted)
    logits = torch.zeros(len(trie.count), VOCABULARY, requires_grad=True)
    objective = make(catalogue(), ObjectiveConfig(flow=20.0))
    optimizer = torch.optim.Adam([logits], lr=0.1)
    nodes = trie.sources[steps.edges]
    for _ in range(600):
        optimizer.zero_grad()
        objective.loss(Predicted(logits[nodes], torch.eye(VOCABULARY), wanted[wanted >= 0]), steps).backward()
        optimizer.step()
    chosen = logits[nodes].log_softmax(1).gather(1, wanted[wanted >= 0][:, None])[:, 0]
    found = torch.zeros(4).index_add(0, steps.samples, chosen).exp().detach()
    # Some probability is left for tokens that spell no item: less with every step.
    assert float(found.sum()) > 0.8
    assert (found / found.sum()).tolist() == pytest.approx((COUNTS / COUNTS.sum()).tolist(), abs=0.02)


def test_no_flow_is_cross_entropy() -> None:
    wanted = labels(1)
    spoken = said(wanted)
    found = make(catalogue(), ObjectiveConfig(flow=0.0)).loss(spoken, steps_of(catalogue().trie, wanted))
    assert float(found) == pytest.approx(float(spoken.losses().sum()), rel=1e-6)
