"""T5's biased attention a few samples at a time, for the CPU.

The scores of a whole batch, [B, H, L, L], are far larger than a CPU's cache, and reading and writing them
costs more than the arithmetic. Here only a few samples' scores exist at any time; the backward pass computes
them again. Registered with transformers under `NAME`, so that a T5 takes it by `attn_implementation`.
"""

from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

NAME = "peapod_blocks"
"""Name of this attention in transformers' registry."""

# Scores held at a time: about 1 MiB in fp32, the size of a core's cache.
_BLOCK = 1 << 18


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
    ) -> torch.Tensor:
        output = torch.empty_like(value[:, :, :1]).expand_as(query).contiguous()
        samples = max(1, _BLOCK // (query.shape[1] * query.shape[2] * key.shape[2]))
        kept: list[torch.Tensor | None] = []
        for start in range(0, len(query), samples):
            part = slice(start, start + samples)
            weights = _weights(query[part], key[part], bias, mask, part)
            keep = torch.empty_like(weights, dtype=torch.bool).bernoulli_(1 - dropout) if dropout else None
            kept.append(keep)
            if keep is not None:
                weights.mul_(keep).div_(1 - dropout)
            output[part] = weights.to(value.dtype) @ value[part]
        ctx.save_for_backward(query, key, value, bias, mask, output)
        ctx.samples, ctx.kept, ctx.dropout = samples, kept, dropout
        return output

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value, bias, mask, output = ctx.saved_tensors
        query_gradient, key_gradient, value_gradient = (torch.empty_like(x) for x in (query, key, value))
        bias_gradient = torch.zeros_like(bias, dtype=torch.float32) if ctx.needs_input_grad[3] else None
        for index, start in enumerate(range(0, len(query), ctx.samples)):
            part = slice(start, start + ctx.samples)
            weights = _weights(query[part], key[part], bias, mask, part)
            keep, dropped = ctx.kept[index], weights
            inner = (gradient[part] @ value[part].transpose(-1, -2)).float()
            if keep is not None:
                dropped = weights * keep / (1 - ctx.dropout)
                inner = inner.mul_(keep).div_(1 - ctx.dropout)
            value_gradient[part] = dropped.to(value.dtype).transpose(-1, -2) @ gradient[part]
            # Row sums of weights times their gradients equal those of output times its gradient.
            inner -= (gradient[part].float() * output[part].float()).sum(-1, keepdim=True)
            scores = inner.mul_(weights)
            if bias_gradient is not None:
                bias_gradient += scores.sum(0, keepdim=True)
            scores = scores.to(query.dtype)
            query_gradient[part] = scores @ key[part]
            key_gradient[part] = scores.transpose(-1, -2) @ query[part]
        typed = None if bias_gradient is None else bias_gradient.to(bias.dtype)
        return query_gradient, key_gradient, value_gradient, typed, None, None


def _weights(
    query: torch.Tensor, key: torch.Tensor, bias: torch.Tensor, mask: torch.Tensor | None, part: slice
) -> torch.Tensor:
    scores = (query @ key.transpose(-1, -2)).float()
    scores += bias
    if mask is not None:
        scores += mask[part]
    return scores.softmax(-1)


def training_attention(device: torch.device) -> str:
    """Return the attention implementation to train with on a device: ours on the CPU, torch's elsewhere."""
    return NAME if device.type == "cpu" else "sdpa"


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

    `position_bias` is [1, H, L, S], `attention_mask` additive, [B, 1, 1 or L, S] or None.
    """
    if position_bias is None:
        position_bias = query.new_zeros(1, query.shape[1], 1, 1)
    if scaling != 1.0:
        query = query * scaling
    output = _BlockAttention.apply(query, key, value, position_bias, attention_mask, dropout)
    return output.transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, block_attention)
AttentionMaskInterface.register(NAME, eager_mask)
