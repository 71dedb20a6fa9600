import numpy as np
import pytest
import torch

from pipeline.backbones.dropout import DropoutDraws
from pipeline.model.parts.user_context import UserContext

USERS, NEIGHBOURS = 4000, 5
HIDDEN = 0.3


def context(hidden: float, on_cpu: bool = True, seed: int = 0) -> UserContext:
    """Every user's vector is ones, so that what is hidden shows."""
    found = UserContext(torch.ones(USERS, 3), torch.zeros(USERS, NEIGHBOURS), hidden).train()
    torch.manual_seed(seed)
    if on_cpu:
        found.draws = DropoutDraws()
        found.draws.seed(np.random.default_rng(seed))
    return found


@pytest.mark.parametrize("on_cpu", [True, False])
def test_the_share_of_samples_and_of_neighbours_is_hidden(on_cpu: bool) -> None:
    own, similar = context(HIDDEN, on_cpu)(torch.arange(USERS))
    # A vector is hidden whole or not at all.
    assert set(own.sum(1).tolist()) == set(similar.sum(2).flatten().tolist()) == {0.0, 3.0}
    shown = own[:, 0] > 0
    assert float(shown.float().mean()) == pytest.approx(1 - HIDDEN, abs=0.03)
    assert not similar[~shown].any()
    assert float(similar[shown].mean()) == pytest.approx(1 - HIDDEN, abs=0.02)


def test_all_is_shown_outside_training_and_without_a_share() -> None:
    for one in (context(HIDDEN).eval(), context(0.0)):
        own, similar = one(torch.arange(USERS))
        assert bool(own.all())
        assert bool(similar.all())


@pytest.mark.parametrize("on_cpu", [True, False])
def test_the_same_seed_hides_the_same(on_cpu: bool) -> None:
    one, two, other = (context(HIDDEN, on_cpu, seed)(torch.arange(USERS))[0] for seed in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_tables_of_different_users_are_refused() -> None:
    with pytest.raises(ValueError, match=r"user vectors \(3, 2\) and neighbours \(4, 1\) don't"):
        UserContext(torch.ones(3, 2), torch.zeros(4, 1))


def test_trained_vectors_get_gradients_of_the_users_shown_and_fixed_ones_are_no_parameters() -> None:
    fixed, trained = (
        UserContext(torch.randn(5, 3), torch.tensor([[1], [2], [3], [4], [0]]), trained=which)
        for which in (False, True)
    )
    assert [name for name, _ in fixed.named_parameters()] == []
    own, similar = trained(torch.tensor([0, 1]))
    (own.sum() + similar.sum()).backward()
    assert trained.vectors.grad is not None
    # Users 0 and 1 themselves, and 1 and 2 as their neighbours.
    assert trained.vectors.grad[:, 0].tolist() == [1.0, 2.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("trained", [False, True])
def test_new_rows_can_be_filled_and_old_ones_stay(trained: bool) -> None:
    vectors = torch.randn(4, 3)
    found = UserContext(vectors, torch.zeros(4, 1), trained=trained)
    found.make_room(len(found.vectors) + 2)
    found.vectors[5] = 7.0
    assert torch.equal(found.vectors[:4], vectors)
    assert found(torch.tensor([5]))[0].tolist() == [[7.0] * 3]
