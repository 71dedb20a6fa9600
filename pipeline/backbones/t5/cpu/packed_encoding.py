"""T5's encoder over inputs of unequal lengths without their padding, for generation on the CPU.

All tokens of a few inputs go through the layers as one matrix, small enough to stay in a core's cache.
Attention takes inputs of one length at a time: they share the position bias and need no mask, so that no
tensor [B, H, L, L] is ever made.
"""

from typing import Any, cast

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import T5ForConditionalGeneration

_TOKENS = 2048
"""Tokens that go through the layers at a time."""


@torch.no_grad()
def encode_packed(
    t5: T5ForConditionalGeneration, embeddings: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    """Return the encoder's output for real tokens, [B, L, D], and zeros for padding.

    Args:
        t5: the model, in evaluation mode.
        embeddings: the encoder's input, [B, L, D].
        mask: 1 for a token, 0 for padding, which is behind all tokens, [B, L].
    """
    lengths = mask.sum(1)
    longest = int(lengths.max())
    first = cast(Any, t5.encoder.block)[0].layer[0].SelfAttention
    bias = first.compute_bias(longest, longest).contiguous()
    states = torch.zeros_like(embeddings)
    for rows in lengths.argsort(stable=True).split(max(1, _TOKENS // longest)):
        real = mask[rows] > 0
        found, counts = lengths[rows].unique_consecutive(return_counts=True)
        runs = list(zip(found.tolist(), counts.tolist(), strict=True))
        filled = torch.zeros_like(states[rows])
        filled[real] = _through_layers(t5, embeddings[rows][real], runs, bias).to(states.dtype)
        states[rows] = filled
    return states


def _through_layers(
    t5: T5ForConditionalGeneration, hidden: torch.Tensor, runs: list[tuple[int, int]], bias: torch.Tensor
) -> torch.Tensor:
    """Encode the tokens [tokens, D] of inputs, in runs of (length, inputs); the bias is [1, H, L, L]."""
    for block in cast(Any, t5.encoder.block):
        sublayer = block.layer[0]
        hidden = hidden + _attention(sublayer.SelfAttention, sublayer.layer_norm(hidden), runs, bias)
        hidden = block.layer[1](hidden)
    return cast(torch.Tensor, t5.encoder.final_layer_norm(hidden))


def _attention(
    attention: Any, normed: torch.Tensor, runs: list[tuple[int, int]], bias: torch.Tensor
) -> torch.Tensor:
    if torch.is_autocast_enabled(normed.device.type):
        # Once, not once a projection.
        normed = normed.to(torch.get_autocast_dtype(normed.device.type))
    projected = [project(normed) for project in (attention.q, attention.k, attention.v)]
    bias = bias.to(projected[0].dtype)
    attended = []
    sizes = [length * inputs for length, inputs in runs]
    for (length, inputs), *parts in zip(runs, *(states.split(sizes) for states in projected), strict=True):
        query, key, value = (
            part.view(inputs, length, attention.n_heads, -1).transpose(1, 2) for part in parts
        )
        found = _attended(query, key, value, bias[:, :, :length, :length])
        attended.append(found.transpose(1, 2).flatten(2).flatten(0, 1))
    return cast(torch.Tensor, attention.o(torch.cat(attended)))


def _attended(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """Attend within each input, [inputs, H, L, D / H], under the bias [1, H, L, L]."""
    if query.dtype == torch.float32:
        return scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=1.0)
    # In bf16 torch's own kernel is as slow as in fp32; products and a softmax of one input stay in the cache.
    found = torch.empty_like(query.transpose(1, 2)).transpose(1, 2)
    for one, *parts in zip(found, query, key, value, strict=True):
        scores = torch.baddbmm(bias[0], parts[0], parts[1].transpose(-1, -2))
        torch.bmm(scores.softmax(-1), parts[2], out=one)
    return found
