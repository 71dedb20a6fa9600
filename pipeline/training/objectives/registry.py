"""The objectives that there are: what `training.objective.method` names."""

from collections.abc import Mapping

import numpy as np
import torch

from pipeline.data.histories import Histories
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.item_trie import ItemTrie
from pipeline.prompts.whole_words import WordTokens
from pipeline.training.gradients import Trainable
from pipeline.training.objectives import cft, flower, groups, igd, msl, position
from pipeline.training.objectives.base import Catalogue, Lesson, MakeObjective
from pipeline.training.objectives.config import ObjectiveConfig

OBJECTIVES: Mapping[str, MakeObjective] = {
    "msl": msl.make,
    "igd": igd.make,
    "position": position.make,
    "cft": cft.make,
    "flower": flower.make,
    "groups": groups.make,
}
"""By method, as `ObjectiveConfig` names them; cross-entropy is the model's own."""


def make_lesson(
    model: PeaPOD,
    settings: ObjectiveConfig,
    answers: WordTokens,
    train: Histories,
    device: torch.device,
) -> Trainable:
    """Return what gives the loss of a training step: the model itself under cross-entropy.

    Args:
        model: what is trained, on `device` by the time that it is asked.
        settings: section `training.objective`.
        answers: the tokens that the model writes for each item.
        train: train histories.
        device: where the model is trained.
    """
    if settings.method == "cross_entropy":
        return model
    trie = ItemTrie.build(answers).to(device)
    counts = np.bincount(train.items, minlength=len(answers))
    return Lesson(model, OBJECTIVES[settings.method](Catalogue(trie, counts), settings), trie)
