"""Who influenced a user's collaborative prompt: how much attention each similar user got."""

from typing import Any

import numpy as np
import torch

from pipeline.model.parts.collaborative import AttentionPrompt, CollaborativePrompt
from pipeline.model.peapod import PeaPOD

_BATCH = 1024


@torch.inference_mode()
def influence_columns(model: PeaPOD, users: np.ndarray) -> dict[str, Any]:
    """Return the columns of ATTENTION for `users` [B]: neighbours and the heads' mean weights, both [B, n].

    Each user's weights sum to 1. No rows for a model whose prompt doesn't attend to neighbours.
    """
    part = dict(model.prompts).get("collaborative")
    if not isinstance(part, CollaborativePrompt) or not isinstance(part.prompt, AttentionPrompt):
        return {"user": [], "neighbours": [], "weights": []}
    prompt = part.prompt
    context = part.context
    weights = []
    neighbours = []
    for start in range(0, len(users), _BATCH):
        batch = torch.as_tensor(users[start : start + _BATCH]).long().to(context.vectors.device)
        weights.append(prompt.weights(*context(batch)).mean(dim=1).squeeze(1).float().cpu())
        neighbours.append(context.neighbours[batch].cpu())
    return {
        "user": users,
        "neighbours": torch.cat(neighbours).numpy(),
        "weights": torch.cat(weights).numpy(),
    }
