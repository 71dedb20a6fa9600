from collections import Counter
from dataclasses import replace

import pytest

from pipeline.randomness import generator
from pipeline.tasks.sequential import SEQUENTIAL, HistoryExamples, PrefixExamples, SequentialExamples
from tests.data.test_histories import histories
from tests.training.test_samples import inputs


def test_segments_are_exactly_those_of_the_protocol() -> None:
    # Whole history of 7: five train items; starts 0..3 (the fourth from the end), targets behind them, 1..4.
    examples = SequentialExamples(histories([10, 11, 12, 13, 14]), history=20)
    rng = generator(0, "segments")
    seen = Counter()
    for _ in range(6000):
        example = examples.draw(0, rng)
        assert example.question.user == 0
        seen[(*example.question.items.tolist(), example.answer)] += 1
    wanted = {
        tuple(range(10 + start, 10 + target + 1)) for start in range(4) for target in range(start + 1, 5)
    }
    assert set(seen) == wanted
    # Start uniform over 4, target uniform over what is left behind it.
    for segment, count in seen.items():
        start = segment[0] - 10
        assert count / 6000 == pytest.approx(1 / 4 / (4 - start), abs=0.03)


def test_long_segments_keep_the_newest_items() -> None:
    examples = SequentialExamples(histories(list(range(60))), history=20)
    rng = generator(1, "long")
    drawn = [examples.draw(0, rng) for _ in range(200)]
    assert max(len(example.question.items) for example in drawn) == 20
    assert all(example.question.items[-1] == example.answer - 1 for example in drawn)


def test_prefixes_ask_for_every_train_item_but_the_first() -> None:
    examples = PrefixExamples(histories([1, 2, 3], [], [7], [4, 5]), history=20)
    drawn = [examples.draw(index, generator(0)) for index in range(len(examples))]
    assert [(one.question.user, one.question.items.tolist(), one.answer) for one in drawn] == [
        (0, [1], 2),
        (0, [1, 2], 3),
        (3, [4], 5),
    ]


def test_long_prefixes_keep_the_newest_items() -> None:
    examples = PrefixExamples(histories(list(range(60))), history=20)
    last = examples.draw(58, generator(0))
    assert (last.question.items.tolist(), last.answer) == (list(range(39, 59)), 59)


def test_histories_end_at_each_train_item_but_the_first_in_its_turn() -> None:
    examples = HistoryExamples(histories([1, 2, 3], [], [7], [4, 5]), history=20)
    assert len(examples) == 2
    rng = generator(0, "ends")
    drawn = [examples.draw(index % 2, rng) for index in range(600)]
    seen = Counter((one.question.user, *one.question.items.tolist(), one.answer) for one in drawn)
    assert set(seen) == {(0, 1, 2), (0, 1, 2, 3), (3, 4, 5)}
    assert seen[0, 1, 2] / 300 == pytest.approx(1 / 2, abs=0.1)
    assert all(one.item_targets is one.question.items for one in drawn)


def test_long_histories_have_more_examples_of_their_newest_items() -> None:
    """Eleven items are ten targets, which three inputs of four hold."""
    examples = HistoryExamples(histories(list(range(11))), history=4)
    assert len(examples) == 3
    rng = generator(0, "windows")
    drawn = [examples.draw(index % 3, rng) for index in range(300)]
    assert {one.answer for one in drawn} == set(range(1, 11))
    for one in drawn:
        assert one.question.items.tolist() == list(range(max(0, one.answer - 4), one.answer))


def test_users_with_fewer_than_four_items_have_no_segment() -> None:
    examples = SequentialExamples(histories([1], [1, 2], [], [4, 5, 6]), history=20)
    assert len(examples) == 2
    assert {examples.draw(index, generator(0)).question.user for index in range(2)} == {1, 3}


def test_test_questions_keep_the_newest_history_and_leave_out_users_without_a_target() -> None:
    known, test = histories([1, 2, 3], [4], [5, 6]), histories([9], [], [8])
    dataset = replace(inputs(), known=known, test=test)
    asked = SEQUENTIAL.test(dataset, 2, generator(0))["sequential"]
    assert [(one.user, one.items.tolist(), one.pool) for one in asked] == [
        (0, [2, 3], None),
        (2, [5, 6], None),
    ]


def test_validation_asks_after_the_train_items() -> None:
    dataset = replace(inputs(), train=histories([1, 2], [4]), validation=histories([7], [3]))
    found = SEQUENTIAL.validation(dataset, 20, generator(0))
    assert [(one.question.items.tolist(), one.answer) for one in found] == [([1, 2], 7), ([4], 3)]
