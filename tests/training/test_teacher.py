"""Examples that a teacher answers."""

import numpy as np
import pytest

from pipeline.data.histories import Histories
from pipeline.tasks.sequential import HistoryExamples, PrefixExamples, SequentialExamples
from pipeline.training.teacher import Taught, TaughtExamples

TRAIN = Histories(np.arange(12, dtype=np.int32), np.array([0, 4, 8, 12]))
EXAMPLES = PrefixExamples(TRAIN, history=3)
TARGETS = 100 + np.arange(9 * 5, dtype=np.int32).reshape(9, 5)


def answers(share: float, index: int, draws: int = 400) -> list[int]:
    """Answers of one example, drawn anew again and again."""
    taught = TaughtExamples(EXAMPLES, Taught(TARGETS, share), TRAIN)
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


@pytest.mark.parametrize("examples", [SequentialExamples, HistoryExamples])
def test_each_answer_is_of_the_prefix_before_it_wherever_a_sample_begins_and_ends(
    examples: type[SequentialExamples] | type[HistoryExamples],
) -> None:
    """Train item i of a user of four is answered by row 3 * user + i - 1."""
    taught = TaughtExamples(examples(TRAIN, 2), Taught(TARGETS, 1.0), TRAIN)
    rng = np.random.default_rng(5)
    ends = set()
    for index in np.tile(np.arange(len(taught)), 30).tolist():
        found = taught.draw(index, rng)
        first = 3 * found.question.user - 1
        items = found.question.items
        # Item n of TRAIN is the n % 4th of its user.
        place = int(items[-1]) % 4 + 1
        ends.add(place)
        assert found.answer in TARGETS[first + place]
        if found.item_targets is not None:
            assert len(found.item_targets) == len(items)
            for item, target in list(zip(items.tolist(), found.item_targets.tolist(), strict=True))[1:]:
                assert target in TARGETS[first + item % 4]
    assert ends == {1, 2, 3}


def test_items_that_are_targets_are_in_part_the_users_own() -> None:
    taught = TaughtExamples(HistoryExamples(TRAIN, 3), Taught(TARGETS, 0.75), TRAIN)
    rng = np.random.default_rng(7)
    drawn = [taught.draw(0, rng) for _ in range(600)]
    pairs = [
        pair
        for one in drawn
        if one.item_targets is not None
        for pair in list(zip(one.question.items.tolist(), one.item_targets.tolist(), strict=True))[1:]
    ]
    assert len(pairs) > 300
    assert np.mean([item == target for item, target in pairs]) == pytest.approx(0.25, abs=0.07)


def test_a_teacher_of_other_histories_is_refused() -> None:
    with pytest.raises(ValueError, match="targets for 8 prefixes, and the train histories have 9: run stage"):
        TaughtExamples(EXAMPLES, Taught(TARGETS[:8], 0.5), TRAIN)
