import copy

import pytest
import torch
from torch import nn

from pipeline.training.optimizers import make_optimizer
from pipeline.training.scaled_adamw import SMALLEST_SCALE, ScaledAdamW
from tests.training.test_loop import config


def weights(*values: list[float]) -> list[nn.Parameter]:
    return [nn.Parameter(torch.tensor(value, dtype=torch.float64)) for value in values]


def test_the_first_step_by_hand() -> None:
    # m / sqrt(v) of a first step is the gradient's sign; the RMS of [3, 4] is sqrt(12.5).
    (parameter,) = weights([3.0, -4.0])
    parameter.grad = torch.tensor([0.2, 50.0], dtype=torch.float64)
    ScaledAdamW([parameter], lr=0.1, epsilon=0.0, weight_decay=0.5).step()
    moved = 0.1 * 12.5**0.5
    wanted = [3.0 * (1 - 0.1 * 0.5) - moved, -4.0 * (1 - 0.1 * 0.5) - moved]
    assert parameter.tolist() == pytest.approx(wanted, rel=1e-12)


def test_zeros_move_by_the_smallest_scale() -> None:
    (parameter,) = weights([0.0, 0.0])
    parameter.grad = torch.tensor([1.0, -1.0], dtype=torch.float64)
    ScaledAdamW([parameter], lr=0.1, epsilon=0.0).step()
    assert parameter.tolist() == pytest.approx([-0.1 * SMALLEST_SCALE, 0.1 * SMALLEST_SCALE], rel=1e-12)


def test_many_steps_are_those_of_adamw_with_the_rate_times_the_root_mean_square() -> None:
    """Parity: torch's AdamW, its rate set anew for each tensor before each step; some gradients missing."""
    torch.manual_seed(0)
    ours = [nn.Parameter(torch.randn(shape, dtype=torch.float64)) for shape in ((3, 4), (5,), ())]
    theirs = [nn.Parameter(parameter.detach().clone()) for parameter in ours]
    scaled = ScaledAdamW(ours, lr=0.05, betas=(0.8, 0.95))
    plain = torch.optim.AdamW(
        [{"params": [parameter]} for parameter in theirs], betas=(0.8, 0.95), weight_decay=0.0
    )
    for step in range(12):
        for place, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
            there = place != 1 or step % 3 != 2
            mine.grad = torch.randn_like(mine) if there else None
            yours.grad = mine.grad
            plain.param_groups[place]["lr"] = 0.05 * float(yours.detach().square().mean().sqrt())
        scaled.step()
        plain.step()
    for mine, yours in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, yours, rtol=1e-10, atol=1e-12)


def test_training_is_the_same_whatever_the_unit_of_the_weights() -> None:
    """What the scale is for: a tensor a hundred times as large moves a hundred times as far."""
    (small,), (large,) = weights([0.01, -0.02]), weights([1.0, -2.0])
    optimizers = [ScaledAdamW([small], lr=0.1, epsilon=0.0), ScaledAdamW([large], lr=0.1, epsilon=0.0)]
    for gradient in ([1.0, 2.0], [-3.0, 0.5], [0.1, 0.1]):
        for parameter, optimizer in zip((small, large), optimizers, strict=True):
            parameter.grad = torch.tensor(gradient, dtype=torch.float64)
            optimizer.step()
    torch.testing.assert_close(100 * small, large, rtol=1e-12, atol=0)


def test_a_saved_state_goes_on_bit_for_bit() -> None:
    torch.manual_seed(1)
    gradients = [torch.randn(4, 4) for _ in range(6)]
    whole = nn.Linear(4, 4, bias=False)
    stopped = copy.deepcopy(whole)
    first = ScaledAdamW(whole.parameters(), lr=0.1)
    second = ScaledAdamW(stopped.parameters(), lr=0.1)
    for number, gradient in enumerate(gradients):
        if number == 3:
            state = second.state_dict()
            second = ScaledAdamW(stopped.parameters(), lr=0.5)
            second.load_state_dict(state)
        for model, optimizer in ((whole, first), (stopped, second)):
            model.weight.grad = gradient.clone()
            optimizer.step()
    assert torch.equal(whole.weight, stopped.weight)


def test_a_closure_is_refused() -> None:
    with pytest.raises(ValueError, match="a closure is given, none wanted"):
        ScaledAdamW(weights([1.0]), lr=0.1).step(lambda: 0.0)


@pytest.mark.parametrize(("name", "kind"), [("adamw", torch.optim.AdamW), ("scaled_adamw", ScaledAdamW)])
def test_the_optimizer_is_the_configured_one(name: str, kind: type) -> None:
    optimizer, _ = make_optimizer(nn.Linear(2, 2), config(optimizer=name), 10)
    assert type(optimizer) is kind
