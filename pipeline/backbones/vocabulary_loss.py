"""Projection to the vocabulary and its loss in one (equation 10), without the logits of a whole batch."""

from typing import Any

import torch

# Logits that exist at a time: 64 MiB in fp32.
_BLOCK = 1 << 24


class _VocabularyLoss(torch.autograd.Function):
    """Sum of -log softmax(h W^T)[target]; gradients are made on the way, while the logits exist."""

    @staticmethod
    def forward(
        ctx: Any, states: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor, dtype: torch.dtype
    ) -> torch.Tensor:
        wanted = ctx.needs_input_grad[0] or ctx.needs_input_grad[1]
        inputs = states.to(dtype)
        table = weight.to(dtype)
        states_gradient = torch.empty_like(inputs)
        weight_gradient = torch.zeros_like(weight) if wanted else None
        total = states.new_zeros((), dtype=torch.promote_types(states.dtype, torch.float32))
        rows = max(1, _BLOCK // len(weight))
        for start in range(0, len(states), rows):
            part = slice(start, start + rows)
            logits = inputs[part] @ table.T
            own = logits.gather(1, targets[part, None]).to(total.dtype)
            highest = logits.amax(1, keepdim=True).to(total.dtype)
            odds = logits.softmax(1, dtype=total.dtype)
            # The most likely token's probability is 1 / sum(exp(logits - highest)).
            total += (highest - own - odds.amax(1, keepdim=True).log()).sum()
            if weight_gradient is not None:
                odds.scatter_add_(1, targets[part, None], torch.full_like(own, -1))
                gradient = odds.to(dtype)
                states_gradient[part] = gradient @ table
                weight_gradient += gradient.T @ inputs[part]
        ctx.save_for_backward(states_gradient, weight_gradient)
        ctx.dtype = states.dtype
        return total

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        states_gradient, weight_gradient = ctx.saved_tensors
        return states_gradient.to(ctx.dtype) * gradient, weight_gradient.mul(gradient), None, None


def vocabulary_loss(states: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the sum of the targets' negative log-likelihoods, in nats.

    Args:
        states: the decoder's output at the targets, float [M, D].
        weight: the projection to the vocabulary, float [V, D].
        targets: token ids, int64 [M].

    Products are computed in autocast's precision, the softmax in fp32 at least.
    """
    kind = states.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else states.dtype
    with torch.autocast(kind, enabled=False):
        return _VocabularyLoss.apply(states, weight, targets, dtype)
