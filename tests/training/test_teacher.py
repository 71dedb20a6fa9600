"""Examples that a teacher answers."""

import numpy as np
import pytest

from pipeline.data.histories import Histories
from pipeline.tasks.sequential import PrefixExamples
from pipeline.training.teacher import Taught, TaughtExamples

TRAIN = Histories(np.arange(12, dtype=np.int32), np.array([0, 4, 8, 12]))
EXAMPLES = PrefixExamples(TRAIN, history=3)
TARGETS = 100 + np.arange(9 * 5, dtype=np.int32).reshape(9, 5)


def answers(share: float, index: int, draws: int = 400) -> list[int]:
    """Answers of one example, drawn anew again and again."""
    taught = TaughtExamples(EXAMPLES, Taught(TARGETS, share))
    rng = np.random.default_rng(3)
    examples = [taught.draw(index, rng) for _ in range(draws)]
    own = EXAMPLES.draw(index, rng)
    for one in examples:
        assert one.question.user == own.question.user
        assert one.question.items.tolist() == own.question.items.tolist()
    return [one.answer for one in examples]


def test_a_share_of_answers_is_the_teachers_for_that_prefix_and_the_rest_the_users_own() -> None:
    for index in (0, 4, 8):
        own = EXAMPLES.draw(index, np.random.default_rng(0)).answer
        found = answers(0.75, index)
        assert set(found) == {own, *TARGETS[index].tolist()}
        assert found.count(own) / len(found) == pytest.approx(0.25, abs=0.07)


def test_all_or_none_are_the_teachers() -> None:
    assert set(answers(1.0, 5)) == set(TARGETS[5].tolist())
    assert set(answers(0.0, 5)) == {EXAMPLES.draw(5, np.random.default_rng(0)).answer}


def test_a_teacher_of_other_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="targets for 8 prefixes, and a walk has 9 samples: set training"):
        TaughtExamples(EXAMPLES, Taught(TARGETS[:8], 0.5))
