from dataclasses import replace

import numpy as np

from pipeline.randomness import generator
from pipeline.tasks.dataset import Pairs
from pipeline.tasks.explanation import EXPLANATION, ExplanationExamples
from tests.training.test_samples import inputs

PAIRS = Pairs(np.array([3, 1]), np.array([7, 8]), np.array([20, 30]))


def test_explanations_are_listed_as_they_are() -> None:
    listed = ExplanationExamples(PAIRS)
    example = listed.draw(1, generator(0))
    assert (len(listed), example.question.user, example.answer) == (2, 1, 30)
    assert example.question.items.tolist() == [8]


def test_questions_of_the_test_split_are_its_pairs() -> None:
    dataset = replace(inputs(), pairs={"test": PAIRS})
    asked = EXPLANATION.test(dataset, 20, generator(0))["explanation"]
    assert [(one.user, one.items.tolist(), one.pool) for one in asked] == [(3, [7], None), (1, [8], None)]
