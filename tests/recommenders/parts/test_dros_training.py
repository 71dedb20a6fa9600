from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from pipeline.data.next_items import every_item
from pipeline.recommenders.parts.dros import DrosGru
from pipeline.recommenders.parts.dros_fit import mean_items
from pipeline.recommenders.parts.dros_training import (
    BUILDERS,
    DrosSettings,
    hits,
    other_items,
    pair_loss,
    train_dros,
)
from tests.data.test_histories import histories

ITEMS = 60
SETTINGS = DrosSettings(factors=16, steps=600, batch_size=64, learning_rate=0.01, check_every=100)


def chain(count, first):
    """Everybody goes on to the next item."""
    rows = [[(first + 7 * user + step) % ITEMS for step in range(9)] for user in range(count)]
    return every_item(histories(*rows), longest=10)


@pytest.mark.parametrize("name", list(BUILDERS))
def test_what_follows_what_is_learned(name):
    model, best = train_dros(name, chain(60, 0), chain(12, 3), ITEMS, SETTINGS, seed=1)
    assert not model.training
    # Chance is a third.
    assert best > 0.9
    assert hits(model, chain(12, 5).after(1)) > 0.9


def test_the_weights_are_those_of_the_best_look():
    validation = chain(12, 3)
    model, best = train_dros("GRU4Rec", chain(60, 0), validation, ITEMS, SETTINGS, seed=1)
    assert hits(model, validation.after(1)) == best


def test_the_same_seed_gives_the_same_weights_and_torch_draws_on_as_before():
    settings = replace(SETTINGS, steps=20, check_every=10)
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    one, again, other = (
        train_dros("SASRec", chain(20, 0), chain(5, 3), ITEMS, settings, seed)[0].s_fc.weight
        for seed in (1, 1, 2)
    )
    assert torch.equal(torch.rand(2), wanted)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_the_loss_is_torchs_over_target_and_drawn_item():
    torch.manual_seed(0)
    model = DrosGru(7, 4, 4)
    states = torch.randn(3, 4)
    right = torch.tensor([0, 5, 2])
    wrong = torch.tensor([1, 0, 6])
    scores = model.s_fc(states)
    pairs = torch.cat([scores[range(3), right], scores[range(3), wrong]])
    wanted = functional.binary_cross_entropy_with_logits(pairs, torch.tensor([1.0] * 3 + [0.0] * 3))
    torch.testing.assert_close(pair_loss(model, states, right, wrong), wanted)


def test_drawn_items_are_all_but_the_target_alike():
    targets = torch.tensor([0, 2, 4]).repeat(1000)
    drawn = other_items(targets, 5, np.random.default_rng(0))
    for target in (0, 2, 4):
        counts = np.bincount(drawn[targets == target].numpy(), minlength=5)
        assert counts[target] == 0
        # 250 expected, standard deviation 14.
        assert all(abs(count - 250) < 70 for item, count in enumerate(counts) if item != target)


def test_hits_by_hand():
    model = DrosGru(30, 4, 4)
    with torch.no_grad():
        model.s_fc.weight.zero_()
        model.s_fc.bias.copy_(torch.arange(30.0))
    # Items 10 to 29 are the best 20 of all.
    examples = every_item(histories([3, 9], [3, 10], [3, 29]), longest=10).after(1)
    assert hits(model, examples) == pytest.approx(2 / 3)
    assert np.array_equal(examples.targets, [9, 10, 29])


def test_a_table_that_is_given_stays_and_is_read():
    table = np.eye(ITEMS, 16, dtype=np.float32)
    settings = replace(SETTINGS, steps=20, check_every=10)
    model, _ = train_dros("SASRec", chain(20, 0), chain(5, 3), ITEMS, settings, 1, table)
    assert np.array_equal(model.item_embeddings.weight[:-1].detach(), table)
    other, _ = train_dros("SASRec", chain(20, 0), chain(5, 3), ITEMS, settings, 1, 2 * table)
    assert not torch.equal(model.s_fc.weight, other.s_fc.weight)


def test_without_validation_the_weights_are_those_of_the_last_step():
    nobody = chain(5, 3).take(np.empty(0, dtype=np.int64))
    found = [
        train_dros("GRU4Rec", chain(20, 0), nobody, ITEMS, replace(SETTINGS, steps=20, check_every=each), 1)
        for each in (5, 20)
    ]
    assert torch.equal(found[0][0].s_fc.weight, found[1][0].s_fc.weight)


def test_a_user_s_vector_is_the_mean_of_their_items():
    vectors = np.array([[1.0, 0.0], [3.0, 2.0], [5.0, 5.0]], dtype=np.float32)
    found = mean_items([np.array([0, 1]), np.array([], dtype=int), np.array([2])], vectors)
    assert found.tolist() == [[2.0, 1.0], [0.0, 0.0], [5.0, 5.0]]
