import numpy as np
import pytest
import torch

from pipeline.backbones.dropout import Dropout, DropoutDraws


def seeded(seed: int = 0) -> DropoutDraws:
    draws = DropoutDraws()
    draws.seed(np.random.default_rng(seed))
    return draws


def test_a_tenth_is_dropped_and_the_rest_scaled_up() -> None:
    layer = Dropout(0.1, seeded())
    values = torch.ones(400, 501, requires_grad=True)
    found = layer(values)
    assert found.detach().unique().tolist() == pytest.approx([0, 1 / 0.9])
    # Four standard deviations of the share of 200,400 draws.
    assert float((found == 0).float().mean()) == pytest.approx(0.1, abs=4 * (0.09 / 200_400) ** 0.5)
    found.sum().backward()
    torch.testing.assert_close(values.grad, found.detach())


def test_draws_of_all_places_in_a_word_are_alike_and_independent() -> None:
    keep = seeded().keep(torch.Size([50_000, 4]), 0.5, torch.float32)
    assert keep.mean(0).tolist() == pytest.approx([0.5] * 4, abs=0.01)
    correlations = np.corrcoef(keep.T.numpy()) - np.eye(4)
    assert np.abs(correlations).max() < 0.02


def test_a_seed_decides_and_another_decides_otherwise() -> None:
    shape = torch.Size([7, 13])
    first, again, other = (seeded(seed).keep(shape, 0.3, torch.bfloat16) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_nothing_is_dropped_in_evaluation_or_at_probability_0() -> None:
    values = torch.ones(20, 20)
    assert Dropout(0.9, DropoutDraws()).eval()(values) is values
    assert Dropout(0.0, DropoutDraws())(values) is values


def test_draws_without_a_generator_are_refused() -> None:
    with pytest.raises(RuntimeError, match="wants a generator first"):
        Dropout(0.1, DropoutDraws())(torch.ones(3))
