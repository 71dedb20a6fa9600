import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.recommenders import s3rec
from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.parts.self_attention import MaskedStream
from pipeline.recommenders.s3rec import Pretraining, build_s3rec, draw_segments
from tests.recommenders.planted import ITEMS, USERS, planted_splits

OWNED = csr_matrix(np.array([[1, 0], [1, 1], [0, 1]], dtype=np.float32))
WIDTH = 4


def pretraining():
    torch.manual_seed(0)
    return Pretraining(MaskedStream(3, 4, WIDTH, heads=1, layers=1, dropout=0.0), OWNED, WIDTH)


def test_attribute_loss_by_hand():
    learner = pretraining()
    states = torch.randn(2, WIDTH)
    found = learner.attribute_loss(states, torch.tensor([2, 1]))
    chance = torch.sigmoid(states @ learner.attributes.T)
    wanted = -torch.log(torch.stack([1 - chance[0, 0], chance[0, 1], chance[1, 0], chance[1, 1]])).sum()
    torch.testing.assert_close(found, wanted)


def test_item_loss_by_hand(monkeypatch):
    learner = pretraining()
    hidden = torch.randn(1, WIDTH)
    monkeypatch.setattr(torch, "randint", lambda bound, shape: torch.full(shape, 2))
    state = learner.of_item(hidden)[0]
    items = learner.model.items.weight
    gap = (state @ (items[0] - items[2])).item()
    assert learner.item_loss(hidden, torch.tensor([0])).item() == pytest.approx(
        math.log(1 + math.exp(-gap)), rel=1e-5
    )


def test_the_wrong_segment_is_another_sequence_s():
    learner = pretraining()
    sequences = torch.tensor([[3, 0, 1, 2], [3, 3, 2, 0]])
    alike = sequences[[0, 0]]
    torch.manual_seed(1)
    different = learner.segment_loss(sequences, sequences != 3).item()
    assert different != pytest.approx(2 * math.log(2), rel=1e-6)
    # Of one sequence alone right and wrong are the same.
    one = learner.segment_loss(alike[:1], alike[:1] != 3)
    assert one.item() == pytest.approx(math.log(2), rel=1e-6)


@given(st.lists(st.integers(2, 6), min_size=1, max_size=5), st.integers(0, 2**31 - 1))
def test_segments_are_runs_of_at_most_half_the_items(lengths, seed):
    torch.manual_seed(seed)
    rows = [[99] * (6 - length) + list(range(10 * length, 11 * length)) for length in lengths]
    sequences = torch.tensor(rows)
    inside, alone = draw_segments(sequences, sequences != 99, 99)
    for row, where, segment in zip(rows, inside.tolist(), alone.tolist(), strict=True):
        chosen = [item for item, here in zip(row, where, strict=True) if here]
        items = [item for item in row if item != 99]
        assert 1 <= len(chosen) <= len(items) // 2
        assert chosen == list(range(chosen[0], chosen[0] + len(chosen)))
        assert segment == [99] * (6 - len(chosen)) + chosen
        assert 99 not in chosen


def test_segments_reach_every_place_and_size():
    torch.manual_seed(0)
    sequences = torch.arange(6).repeat(500, 1)
    inside, _ = draw_segments(sequences, sequences >= 0, 99)
    assert inside.any(0).all()
    assert set(inside.sum(1).tolist()) == {1, 2, 3}


SETTINGS = {
    **{"factors": 16, "learning_rate": 0.01, "batch_size": 8, "history": 5},
    **{"dropout": 0.1, "heads": 2, "layers": 1},
}


def test_pre_training_teaches_which_items_are_alike_without_a_single_next_item():
    splits = planted_splits()
    data = TrainingData.from_table(splits.train, USERS, ITEMS, attributes=splits.attributes)

    def camps_apart(epochs):
        """Mean cosine of items of a camp minus that of items of both."""
        torch.manual_seed(3)
        model = build_s3rec(data, SETTINGS | {"pretraining_epochs": epochs})
        vectors = torch.nn.functional.normalize(model.items.weight[: ITEMS - 1].detach(), dim=1)
        cosines = vectors @ vectors.T
        half = (ITEMS - 1) // 2
        return float(cosines[:half, :half].mean() - cosines[:half, half:].mean())

    assert camps_apart(40) > camps_apart(0) + 0.2


def test_the_loss_weighs_its_four_parts(monkeypatch):
    learner = pretraining()
    sequences = torch.tensor([[3, 0, 1, 2], [3, 3, 2, 0]])
    names = ("ASSOCIATED", "ITEM", "ATTRIBUTE", "SEGMENT")

    def loss(chosen):
        for name in names:
            monkeypatch.setattr(s3rec, name, 1.0 if name in chosen else 0.0)
        torch.manual_seed(5)
        return learner(sequences).item()

    parts = [loss([name]) for name in names]
    assert all(part > 0 for part in parts)
    assert loss(names) == pytest.approx(sum(parts), rel=1e-5)
