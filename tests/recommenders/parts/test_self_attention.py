import numpy as np
import pytest
import torch
from torch.nn import functional

from pipeline.recommenders.base import BaselineError
from pipeline.recommenders.parts.self_attention import SelfAttention

LENGTH, WIDTH, HEADS = 4, 6, 2


def attention(layers=1):
    torch.manual_seed(0)
    return SelfAttention(LENGTH, WIDTH, HEADS, layers, dropout=0.5).eval()


def by_loops(model, vectors, padding, causal):
    """One block written out, place by place and head by head."""
    block, size = model.blocks.layers[0], WIDTH // HEADS
    inputs = functional.layer_norm(vectors + model.places, (WIDTH,), model.norm.weight, model.norm.bias)
    mapped = inputs @ block.self_attn.in_proj_weight.T + block.self_attn.in_proj_bias
    queries, keys, values = mapped.split(WIDTH, dim=-1)
    rows = []
    for place in range(LENGTH):
        seen = [
            other
            for other in range(LENGTH)
            if other == place or not (padding[other] or (causal and other > place))
        ]
        heads = []
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            weights = (keys[seen, part] @ queries[place, part] / size**0.5).softmax(0)
            heads.append(weights @ values[seen, part])
        rows.append(torch.cat(heads))
    attended = block.norm1(inputs + block.self_attn.out_proj(torch.stack(rows)))
    return block.norm2(attended + block.linear2(functional.gelu(block.linear1(attended))))


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("padding", [[False] * 4, [True, True, False, False], [True] * 4])
def test_a_block_against_loops(causal, padding):
    model, vectors = attention(), torch.randn(LENGTH, WIDTH)
    found = model(vectors[None], torch.tensor([padding]), causal)[0]
    wanted = by_loops(model, vectors, padding, causal)
    np.testing.assert_allclose(found.detach().numpy(), wanted.detach().numpy(), atol=1e-5)


def test_what_follows_and_what_is_padding_changes_nothing():
    model, vectors = attention(layers=2), torch.randn(1, LENGTH, WIDTH)
    padding = torch.tensor([[True, False, False, False]])
    before = model(vectors, padding)
    other = vectors.clone()
    other[0, [0, 3]] = 9.0
    after = model(other, padding)
    torch.testing.assert_close(before[0, 1:3], after[0, 1:3])
    assert not torch.allclose(before[0, 3], after[0, 3])
    both = model(vectors, padding, causal=False), model(other, padding, causal=False)
    assert not torch.allclose(both[0][0, 1], both[1][0, 1])


def test_factors_that_heads_cannot_share():
    with pytest.raises(BaselineError, match="factors 6 isn't a multiple of heads 4"):
        SelfAttention(LENGTH, WIDTH, 4, 1, 0.0)
