import math

import pytest
import torch
from torch.nn import functional as F

from pipeline.backbones import vocabulary_loss as module
from pipeline.backbones.vocabulary_loss import vocabulary_loss


def test_by_hand() -> None:
    # Uniform over 4 tokens: ln 4; an almost certain right answer: almost 0.
    states = torch.tensor([[0.0, 0.0], [100.0, 0.0]])
    weight = torch.tensor([[1.0, 0.0], [0.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    assert float(vocabulary_loss(states, weight, torch.tensor([2, 0]))) == pytest.approx(math.log(4))


def test_unlikely_targets_keep_their_loss() -> None:
    # The probability, exp(-200), is 0 in fp32; its logarithm isn't lost.
    found = vocabulary_loss(torch.tensor([[200.0]]), torch.tensor([[1.0], [0.0]]), torch.tensor([1]))
    assert float(found) == pytest.approx(200.0)


@pytest.mark.parametrize("block", [1, 40, 1 << 20])
def test_equals_torchs_cross_entropy_with_its_gradients(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", block)
    torch.manual_seed(0)
    states, weight = torch.randn(9, 6, requires_grad=True), torch.randn(13, 6, requires_grad=True)
    targets = torch.randint(0, 13, (9,))
    found = vocabulary_loss(states, weight, targets)
    wanted = F.cross_entropy(states @ weight.T, targets, reduction="sum")
    torch.testing.assert_close(found, wanted)
    gradients = [torch.autograd.grad(loss / 7, (states, weight)) for loss in (found, wanted)]
    torch.testing.assert_close(gradients[0], gradients[1])


def test_in_bf16_it_is_near_and_gradients_stay_fp32() -> None:
    torch.manual_seed(0)
    states, weight = torch.randn(50, 8, requires_grad=True), torch.randn(30, 8, requires_grad=True)
    targets = torch.randint(0, 30, (50,))
    wanted = vocabulary_loss(states, weight, targets)
    with torch.autocast("cpu", torch.bfloat16):
        found = vocabulary_loss(states, weight, targets)
    found.backward()
    assert found.item() == pytest.approx(wanted.item(), rel=0.01)
    assert states.grad.dtype == weight.grad.dtype == torch.float32
