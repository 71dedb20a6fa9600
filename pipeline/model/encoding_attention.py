"""T5's biased attention for encoding without gradients: a mask per sample, but never one for all at once.

torch's kernel needs no scores [B, H, L, L], but takes position bias and padding as one sum of that size. Here
the sum is made for a few samples at a time, so that it stays in a CPU's cache.
"""

from typing import Any

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

NAME = "peapod_encoding"
"""Name of this attention in transformers' registry."""

_CPU_BLOCK = 1 << 20
"""Entries of bias and mask summed at a time on the CPU: 4 MiB in fp32."""


def encoding_attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float = 1.0,
    position_bias: torch.Tensor | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attend as transformers' attention interface asks: [B, H, L, d] to [B, L, H, d], no weights returned.

    `position_bias` is [1, H, L, S], `attention_mask` additive, [B, 1, 1 or L, S]; either may be None.
    """
    samples = len(query)
    if query.device.type == "cpu":
        samples = max(1, _CPU_BLOCK // (query.shape[1] * query.shape[2] * key.shape[2]))
    output = query.new_empty(len(query), query.shape[2], query.shape[1], value.shape[3])
    for start in range(0, len(query), samples):
        part = slice(start, start + samples)
        added = None if attention_mask is None else attention_mask[part]
        if position_bias is not None:
            added = position_bias if added is None else position_bias + added
        attended = scaled_dot_product_attention(
            query[part],
            key[part],
            value[part],
            attn_mask=None if added is None else added.to(query.dtype),
            scale=scaling,
        )
        output[part] = attended.transpose(1, 2)
    return output, None


AttentionInterface.register(NAME, encoding_attention)
AttentionMaskInterface.register(NAME, eager_mask)
