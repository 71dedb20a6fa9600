"""Attention whose dropout draws from the step's generator, for training on the CPU."""

from typing import Any

import torch
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from pipeline.backbones.dropout import DropoutDraws, drop

NAME = "peapod_drawn"
"""Name of this attention in transformers' registry."""


def draw_from(llm: Any, draws: DropoutDraws) -> None:
    """Let the dropout on attention weights draw from `draws`."""
    llm.set_attn_implementation(NAME)
    for layer in llm.model.layers:
        layer.self_attn.draws = draws


def drawn_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Attend as transformers' attention interface asks: [B, H, S, d] to [B, S, H, d], no weights returned.

    `attention_mask` is bool, [B, 1, S, S], or None where each token sees all before it. Dropout draws from
    the `draws` of `module`; without dropout it is torch's own attention.
    """
    if not dropout:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **options)
    groups = query.shape[1] // key.shape[1]
    key = key.repeat_interleave(groups, dim=1)
    value = value.repeat_interleave(groups, dim=1)
    if attention_mask is None:
        length = query.shape[2]
        attention_mask = torch.ones(length, length, dtype=torch.bool, device=query.device).tril()
    scores = query @ key.transpose(-1, -2) * (scaling or query.shape[-1] ** -0.5)
    # A row of padding sees nothing; a softmax of nothing is no number.
    weights = scores.masked_fill(~attention_mask, torch.finfo(scores.dtype).min).softmax(-1)
    return (drop(weights, dropout, module.draws) @ value).transpose(1, 2), None


AttentionInterface.register(NAME, drawn_attention)
AttentionMaskInterface.register(NAME, sdpa_mask)
