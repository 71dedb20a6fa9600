import pytest
import torch

from pipeline.model.parts.collaborative import AttentionPrompt, MlpPrompt

WIDTH = 12


def reference(prompt: AttentionPrompt, users: torch.Tensor, neighbours: torch.Tensor) -> torch.Tensor:
    """torch's own multi-head attention with the same weights, then the last linear layer."""
    attention = torch.nn.MultiheadAttention(WIDTH, prompt.heads, batch_first=True)
    parts = (prompt.query, prompt.key, prompt.value)
    with torch.no_grad():
        attention.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        attention.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        attention.out_proj.weight.copy_(torch.eye(WIDTH))
        attention.out_proj.bias.zero_()
    attended, _ = attention(users[:, None], neighbours, neighbours)
    return prompt.output(attended[:, 0]).view(len(users), prompt.length, WIDTH)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_equals_torch_multi_head_attention(heads: int) -> None:
    torch.manual_seed(heads)
    prompt = AttentionPrompt(WIDTH, WIDTH, heads, 3)
    users, neighbours = torch.randn(5, WIDTH), torch.randn(5, 7, WIDTH)
    torch.testing.assert_close(prompt(users, neighbours), reference(prompt, users, neighbours))


def test_one_head_by_hand() -> None:
    # q = 2u, k = s, v = 10 s; u = 1, s = (0, ln 3): weights 1/10 and 9/10; z = 9 ln 3; p = z + 1.
    prompt = AttentionPrompt(1, 1, 1, 1)
    with torch.no_grad():
        for layer, weight, bias in (
            (prompt.query, 2.0, 0.0),
            (prompt.key, 1.0, 0.0),
            (prompt.value, 10.0, 0.0),
        ):
            layer.weight.fill_(weight)
            layer.bias.fill_(bias)
        prompt.output.weight.fill_(1.0)
        prompt.output.bias.fill_(1.0)
    log3 = torch.log(torch.tensor(3.0))
    users, neighbours = torch.ones(1, 1), torch.stack([torch.zeros(1), log3[None]])[None]
    torch.testing.assert_close(prompt(users, neighbours), (9 * log3 + 1).view(1, 1, 1))
    torch.testing.assert_close(prompt.weights(users, neighbours), torch.tensor([[[[0.1, 0.9]]]]))


def test_the_order_of_neighbours_does_not_matter() -> None:
    torch.manual_seed(0)
    prompt = AttentionPrompt(6, WIDTH, 4, 2)
    users, neighbours = torch.randn(3, 6), torch.randn(3, 5, 6)
    torch.testing.assert_close(prompt(users, neighbours), prompt(users, neighbours.flip(1)))


def test_the_mlp_looks_at_the_user_alone() -> None:
    prompt = MlpPrompt(6, WIDTH, 2)
    users = torch.randn(3, 6)
    one, two = prompt(users, torch.randn(3, 5, 6)), prompt(users, torch.randn(3, 5, 6))
    assert one.shape == (3, 2, WIDTH)
    torch.testing.assert_close(one, two)
    torch.testing.assert_close(one.flatten(1), prompt.output(users))


def test_heads_that_do_not_divide_the_width_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"prompts.heads 5 doesn't divide the model width 12"):
        AttentionPrompt(6, WIDTH, 5, 2)


def test_shapes_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"users \(3, 6\) and neighbours \(2, 5, 6\)"):
        AttentionPrompt(6, WIDTH, 4, 2)(torch.randn(3, 6), torch.randn(2, 5, 6))
