"""T5's biased attention a few samples at a time, for training on the CPU.

The scores of a whole batch, [B, H, L, L], are far larger than a CPU's cache, and each of the five passes over
them costs more than the arithmetic. Here only a few samples' scores are worked on at any time; what the
backward pass needs, the weights, is kept in the precision of the values. Registered with transformers under
`NAME`, so that a T5 takes it by `attn_implementation`.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from pipeline.backbones.dropout import DropoutDraws

NAME = "peapod_blocks"
"""Name of this attention in transformers' registry."""

# Scores worked on at a time: 2 MiB in bf16, about the cache of a core.
_BLOCK = 1 << 20


class _BlockAttention(torch.autograd.Function):
    """softmax(Q K^T + bias + mask) V, with dropout on the weights."""

    @staticmethod
    def forward(
        ctx: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        bias: torch.Tensor,
        mask: torch.Tensor | None,
        dropout: float,
        draws: DropoutDraws | None,
    ) -> torch.Tensor:
        kept = query.new_empty(*query.shape[:3], key.shape[2])
        keeps: list[torch.Tensor | None] = []
        output = _by_position(query)
        for part in _parts(query, key):
            weights = query[part] @ key[part].transpose(-1, -2)
            weights += bias
            if mask is not None:
                weights += mask[part]
            weights = torch.softmax(weights, -1, out=kept[part])
            keep = draws.keep(weights.shape, dropout, weights.dtype) if draws is not None else None
            keeps.append(keep)
            output[part] = (weights if keep is None else weights * keep) @ value[part]
        ctx.scale = 1 / (1 - dropout)
        if draws is not None:
            output.mul_(ctx.scale)
        ctx.save_for_backward(query, key, value, bias)
        ctx.kept = kept
        ctx.keeps = keeps
        return output

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value, bias = ctx.saved_tensors
        query_gradient, key_gradient, value_gradient = map(_by_position, (query, key, value))
        all_scores = torch.empty_like(ctx.kept)
        for part, keep in zip(_parts(query, key), ctx.keeps, strict=True):
            weights = dropped = ctx.kept[part]
            outer = gradient[part]
            if keep is not None:
                outer = outer * ctx.scale
                dropped = weights * keep
            value_gradient[part] = dropped.transpose(-1, -2) @ outer
            inner = outer @ value[part].transpose(-1, -2)
            if keep is not None:
                inner.mul_(keep)
            scores = all_scores[part]
            torch._softmax_backward_data(inner, weights, -1, inner.dtype, grad_input=scores)
            query_gradient[part] = scores @ key[part]
            key_gradient[part] = scores.transpose(-1, -2) @ query[part]
        bias_gradient = None
        if ctx.needs_input_grad[3]:
            # At once: a sum in fp32 that is read and written for each sample costs more than its terms.
            wide = torch.promote_types(bias.dtype, torch.float32)
            bias_gradient = all_scores.sum(0, keepdim=True, dtype=wide).to(bias.dtype)
        return query_gradient, key_gradient, value_gradient, bias_gradient, None, None, None


def _parts(query: torch.Tensor, key: torch.Tensor) -> Iterator[slice]:
    """Yield slices of samples with about `_BLOCK` scores each, and at least those of one sample."""
    samples, heads, length, _ = query.shape
    together = max(1, _BLOCK // (heads * length * key.shape[2]))
    for start in range(0, samples, together):
        yield slice(start, start + together)


def _by_position(like: torch.Tensor) -> torch.Tensor:
    """Return an empty [B, H, L, d] whose memory is [B, L, H, d], as the projections around want it."""
    batch, heads, length, width = like.shape
    return like.new_empty(batch, length, heads, width).transpose(1, 2)


def block_attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float = 1.0,
    dropout: float = 0.0,
    position_bias: torch.Tensor | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend as transformers' attention interface asks: [B, H, L, d] to [B, L, H, d], no weights returned.

    `position_bias` is [1, H, L, S], `attention_mask` additive, [B, 1, 1 or L, S] or None. Dropout draws from
    the `draws` of `module` (`layers.prepare_training`).
    """
    if scaling != 1.0:
        query = query * scaling
    if position_bias is None:
        position_bias = query.new_zeros(1, query.shape[1], 1, 1)
    # The lowest fp32 number is -inf in bf16, and a row of nothing but -inf has no softmax.
    lowest = torch.finfo(query.dtype).min
    mask = None
    if attention_mask is not None:
        # Where nothing is causal all queries have the same keys.
        rows = attention_mask if getattr(module, "is_causal", True) else attention_mask[:, :, :1]
        mask = rows.clamp(min=lowest).to(query.dtype)
    draws = module.draws if dropout else None
    bias = position_bias.to(query.dtype)
    output = _BlockAttention.apply(query, key, value, bias, mask, dropout, draws)
    return output.transpose(1, 2), None


AttentionInterface.register(NAME, block_attention)
AttentionMaskInterface.register(NAME, eager_mask)
