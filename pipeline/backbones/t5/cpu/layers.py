"""T5's layers as the CPU trains them fastest: the same functions and weights, fewer passes over memory."""

from typing import Any

import torch
from torch import nn
from transformers import T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5Attention, T5DenseActDense, T5LayerNorm

from pipeline.backbones.dropout import DropoutDraws, draw_from
from pipeline.backbones.t5.cpu import attention


class _Normalized(torch.autograd.Function):
    """x / sqrt(mean(x^2) + e) * w, computed in fp32, returned in the precision of what comes next."""

    @staticmethod
    def forward(
        ctx: Any, states: torch.Tensor, weight: torch.Tensor, epsilon: float, dtype: torch.dtype
    ) -> torch.Tensor:
        squares = torch.linalg.vector_norm(states, dim=-1, keepdim=True).square_()
        inverse = squares.div_(states.shape[-1]).add_(epsilon).rsqrt_()
        ctx.save_for_backward(states, weight, inverse)
        return (states * inverse).mul_(weight).to(dtype)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        states, weight, inverse = ctx.saved_tensors
        normalized = states * inverse
        gradient = gradient.to(states.dtype)
        weight_gradient = torch.linalg.vecdot(gradient.flatten(0, -2), normalized.flatten(0, -2), dim=0)
        scaled = gradient * weight
        along = torch.linalg.vecdot(scaled, normalized).div_(states.shape[-1]).unsqueeze_(-1)
        return scaled.sub_(normalized.mul_(along)).mul_(inverse), weight_gradient, None, None


class LayerNorm(nn.Module):
    """T5's root-mean-square norm that hands matrix products their input in autocast's precision."""

    def __init__(self, plain: T5LayerNorm) -> None:
        super().__init__()
        self.weight = plain.weight
        self.variance_epsilon = plain.variance_epsilon

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return the states [..., D] at root mean square 1, times the weight [D]."""
        kind = states.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else states.dtype
        return _Normalized.apply(states, self.weight, self.variance_epsilon, dtype)


class FeedForward(nn.Module):
    """T5's feed-forward layer without the way to fp32 and back in front of its second product."""

    def __init__(self, plain: T5DenseActDense) -> None:
        super().__init__()
        self.wi = plain.wi
        self.wo = plain.wo
        self.act = plain.act
        self.dropout = plain.dropout

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return wo(dropout(act(wi(states)))), [..., D] to [..., D]."""
        return self.wo(self.dropout(self.act(self.wi(states))))


def prepare_training(t5: T5ForConditionalGeneration, device: torch.device) -> DropoutDraws | None:
    """Give the T5 the layers that train fastest on `device`; names and values of its weights stay.

    On the CPU its dropout then draws from what is returned, to be seeded before each step; elsewhere torch's
    own layers are the fastest, and the answer is None.
    """
    if device.type != "cpu":
        t5.set_attn_implementation("sdpa")
        return None
    t5.set_attn_implementation(attention.NAME)
    draws = DropoutDraws()
    for parent in list(t5.modules()):
        if isinstance(parent, T5Attention):
            setattr(parent, "draws", draws)  # noqa: B010 - a module takes only modules by assignment
        for name, child in parent.named_children():
            if isinstance(child, T5LayerNorm):
                setattr(parent, name, LayerNorm(child))
            elif isinstance(child, T5DenseActDense):
                setattr(parent, name, FeedForward(child))
    draw_from(t5, draws)
    return draws
