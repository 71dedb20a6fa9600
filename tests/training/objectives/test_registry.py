"""What every objective has to keep."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import torch

from pipeline.backbones.base import IGNORED
from pipeline.data.histories import Histories
from pipeline.prompts.batches import Batch
from pipeline.prompts.whole_words import WordTokens
from pipeline.runtime.device import Runtime
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.training.loop import train
from pipeline.training.material import Material
from pipeline.training.objectives.config import Method, ObjectiveConfig
from pipeline.training.objectives.registry import OBJECTIVES, make_lesson
from tests.tiny import tiny_batch, tiny_model
from tests.training.objectives.answers import ITEMS, labels
from tests.training.test_loop import config

ANSWERS = WordTokens.join([np.array(one) for one in ITEMS])
TRAIN = Histories(np.array([0, 0, 1, 2, 3, 0], dtype=np.int32), np.array([0, 3, 6]))
CPU = torch.device("cpu")


def batch() -> Batch:
    return replace(tiny_batch(), labels=labels(0, 3, 1, 2))


def lesson_of(method: str, model):
    return make_lesson(model, ObjectiveConfig(method=method), ANSWERS, TRAIN, CPU)


def test_every_method_has_an_objective_and_cross_entropy_is_the_model_s_own() -> None:
    assert {"cross_entropy", *OBJECTIVES} == set(get_args(Method))
    model = tiny_model()
    assert lesson_of("cross_entropy", model) is model


@pytest.mark.usefixtures("every_backbone")
@pytest.mark.parametrize("method", OBJECTIVES)
def test_parts_of_a_batch_add_up(method: str) -> None:
    """Threads and processes each take some samples."""
    model = tiny_model(dropout=0.0)
    lesson = lesson_of(method, model)
    whole, targets = lesson.loss(batch())
    parts = [lesson.loss(batch().select(torch.tensor(rows))) for rows in ([0, 2], [1], [3])]
    assert float(whole.detach()) == pytest.approx(sum(float(loss.detach()) for loss, _ in parts), rel=1e-5)
    assert targets == sum(count for _, count in parts) == 13


@pytest.mark.parametrize("method", OBJECTIVES)
def test_padding_as_a_target_is_learned_too(method: str) -> None:
    model = tiny_model(dropout=0.0)
    padded = replace(batch(), labels=batch().labels.masked_fill(batch().labels == IGNORED, 0))
    loss, targets = lesson_of(method, model).loss(padded)
    assert targets == 16
    assert float(loss.detach()) > float(lesson_of(method, model).loss(batch())[0].detach())


@pytest.mark.usefixtures("every_backbone")
@pytest.mark.parametrize("method", OBJECTIVES)
def test_training_makes_the_wanted_items_likely(method: str) -> None:
    class Repeated:
        steps_per_epoch = 10

        def __getitem__(self, step: int) -> Batch:
            return batch()

    def cost(model) -> float:
        with torch.no_grad():
            logits = model.predictions(batch())[0] @ model.backbone.projection.T
            allowed = lesson_of("msl", model)
            return float(allowed.loss(batch())[0]) if logits.isfinite().all() else torch.inf

    model = tiny_model(dropout=0.0)
    before = cost(model)
    material = Material(Repeated(), {SEQUENTIAL: [batch()]})
    settings = config(epochs=3, learning_rate=0.02)
    train(model, material, settings, Runtime(CPU, None), 0, 7, lesson=lesson_of(method, model))
    assert cost(model) < before / 2
