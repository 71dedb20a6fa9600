"""What only a GPU can show; `pytest tests/runtime/test_cuda.py` on a machine that has one."""

import math

import pytest
import torch

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import choose_runtime
from pipeline.training.loop import train
from pipeline.training.material import Material
from tests.tiny import tiny_model
from tests.training.test_loop import VALIDATION, Repeated
from tests.training.test_loop import config as training

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
CUDA = RuntimeConfig(device="cuda", precision="bf16", threads=0)


def test_attention_far_below_zero_has_finite_gradients() -> None:
    choose_runtime(CUDA)
    torch.manual_seed(1)
    length, width = 64, 64
    query, key, value = torch.randn(3, 1, 1, length, width, device="cuda", dtype=torch.bfloat16) * 0.1
    # Every logit is about -120: cuDNN's backward pass overflows below -88.7 where the length is 64 past a
    # multiple of 128.
    query[..., 0] = 1.0
    key[..., 0] = -120 * math.sqrt(width)
    query.requires_grad_()
    mask = torch.ones(length, length, dtype=torch.bool, device="cuda")
    out = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    out.backward(torch.randn_like(out))
    assert query.grad is not None
    assert torch.isfinite(query.grad).all()


@pytest.mark.parametrize("name", ["t5", "llama"])
def test_two_trainings_have_the_same_bits(name: str) -> None:
    runtime = choose_runtime(CUDA)
    weights = []
    for _ in range(2):
        torch.manual_seed(3)
        model = tiny_model(name=name, dropout=0.1)
        train(model, Material(Repeated(), VALIDATION), training(epochs=2), runtime, 0, 7)
        weights.append(torch.cat([weight.detach().flatten().cpu() for weight in model.parameters()]))
    assert torch.equal(*weights)
