import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.randomness import generator, integer_seed, seed_torch


def test_streams_are_pinned():
    # Another figure here means that every seeded result of the project changes.
    assert generator(42, "sample").integers(0, 1000, 5).tolist() == [346, 154, 887, 434, 692]
    assert generator(42, "training", 3).random() == pytest.approx(0.882414998178778, abs=1e-15)
    assert integer_seed(42, "embeddings") == 410745588


def test_other_draws_in_between_change_nothing():
    first = generator(1, "a").random(3)
    generator(1, "b").random(1000)
    np.random.random(10)
    np.testing.assert_array_equal(generator(1, "a").random(3), first)


def test_names_seeds_and_their_order_make_different_streams():
    variants = [(1, "a"), (2, "a"), (1, "b"), (1, "a", "b"), (1, "b", "a"), (1, "a", 1), (1, "ab"), (1,)]
    draws = {generator(*variant).random() for variant in variants}
    assert len(draws) == len(variants)


def test_streams_of_different_names_are_uncorrelated():
    draws = np.stack([generator(0, "epoch", k).random(4000) for k in range(6)])
    correlation = np.corrcoef(draws) - np.eye(6)
    assert np.abs(correlation).max() < 0.06  # Four standard deviations.


@given(st.integers(0, 2**40), st.lists(st.text(max_size=5) | st.integers(0, 9), max_size=3))
def test_integer_seeds_fit_31_bits_and_repeat(seed, names):
    value = integer_seed(seed, *names)
    assert 0 <= value < 2**31
    assert integer_seed(seed, *names) == value


@pytest.mark.parametrize("draw", [generator, integer_seed, seed_torch])
def test_negative_seeds_are_refused(draw):
    with pytest.raises(ValueError, match="seed must be 0 or more, got -1"):
        draw(-1, "a")


def test_seed_torch_makes_torch_repeat():
    with torch.random.fork_rng(devices=[]):
        seed_torch(5, "model")
        first = torch.rand(4)
        seed_torch(5, "model")
        assert torch.equal(torch.rand(4), first)
        seed_torch(5, "dropout")
        assert not torch.equal(torch.rand(4), first)
