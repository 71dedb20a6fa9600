"""AdamW whose step of each tensor is as large as the tensor: what fresh weights of different sizes need.

Plain AdamW moves every weight by about the learning rate, whatever its size. Fresh weights can differ in
size by two orders of magnitude (token embeddings 1, queries (D d_kv)^-1/2), so that one rate is too small for
some and too large for others. Multiplying a tensor's step by the root mean square of its weights is the
"relative step size" of Adafactor (Shazeer and Stern, ICML 2018, section 8); with AdamW's moments in place of
factored ones it is the choice of nanoT5 (Nawrot, 2023).
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch

SMALLEST_SCALE = 1e-3
"""A tensor of zeros moves as if its root mean square were this one (Adafactor's epsilon 2)."""


class ScaledAdamW(torch.optim.Optimizer):
    """w <- w - lr * (RMS(w) * m / (sqrt(v) + epsilon) + weight_decay * w), with AdamW's moments m and v."""

    def __init__(
        self,
        parameters: Iterable[torch.nn.Parameter],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        """Take the rate as a share of each tensor's root mean square; about 0.01 suits fresh weights."""
        super().__init__(
            parameters, {"lr": lr, "betas": betas, "epsilon": epsilon, "weight_decay": weight_decay}
        )

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient; a closure is refused with ValueError."""
        if closure is not None:
            raise ValueError("a closure is given, none wanted: the gradients have to stand in the parameters")
        for group in self.param_groups:
            moved: list[torch.Tensor] = [one for one in group["params"] if one.grad is not None]
            if moved:
                self._step(moved, group)

    def _step(self, parameters: list[torch.Tensor], group: dict[str, Any]) -> None:
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        states = [self._state_of(parameter) for parameter in parameters]
        first_beta, second_beta = group["betas"]
        means = [state["mean"] for state in states]
        squares = [state["square"] for state in states]
        torch._foreach_lerp_(means, gradients, 1 - first_beta)
        torch._foreach_mul_(squares, second_beta)
        torch._foreach_addcmul_(squares, gradients, gradients, 1 - second_beta)
        norms = torch.stack(torch._foreach_norm(parameters)).tolist()
        steps: list[float] = []
        roots: list[float] = []
        for parameter, state, norm in zip(parameters, states, norms, strict=True):
            state["step"] += 1
            scale = max(norm / parameter.numel() ** 0.5, SMALLEST_SCALE)
            steps.append(-group["lr"] * scale / (1 - first_beta ** state["step"]))
            roots.append((1 - second_beta ** state["step"]) ** 0.5)
        denominators = torch._foreach_sqrt(squares)
        torch._foreach_div_(denominators, roots)
        torch._foreach_add_(denominators, group["epsilon"])
        torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
        torch._foreach_addcdiv_(parameters, means, denominators, steps)

    def _state_of(self, parameter: torch.Tensor) -> dict[str, Any]:
        state = self.state[parameter]
        if not state:
            state["step"] = 0
            state["mean"] = torch.zeros_like(parameter)
            state["square"] = torch.zeros_like(parameter)
        return state
