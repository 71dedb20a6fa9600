"""FPMC: factorized Markov chains (Rendle et al., WWW 2010)."""

from typing import Any

import torch
from torch import Tensor

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.parts.cornac_models import by_sequence
from pipeline.recommenders.parts.cornac_settings import chain


def both_parts(model: Any, data: TrainingData) -> tuple[Tensor, Tensor]:
    """Return the user's vector beside that of their newest item, [N, 2 D], and what either meets [I, 2 D]."""
    tables = model.model
    # The row behind the last item is zeros, for users without any.
    last = torch.tensor([int(history[-1]) if len(history) else data.items for history in data.histories])
    users = torch.cat([tables.UI_emb.weight[:-1], tables.LI_emb(last)], dim=1)
    return users, torch.cat([tables.IU_emb.weight, tables.IL_emb.weight], dim=1)[:-1]


FIT = by_sequence(
    lambda models, settings, seed: models.FPMC(embedding_dim=settings["factors"], **chain(settings, seed)),
    both_parts,
)
