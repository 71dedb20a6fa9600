from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.histories import Histories
from pipeline.randomness import generator
from pipeline.tasks.examples import (
    ExplanationExamples,
    Pairs,
    PrefixExamples,
    SequentialExamples,
    TopnExamples,
    draw_negatives,
    next_item_examples,
    topn_example,
)


def histories(*rows: list[int]) -> Histories:
    offsets = np.cumsum([0, *(len(row) for row in rows)])
    return Histories(np.array([item for row in rows for item in row], dtype=np.int32), offsets)


def test_histories_from_splits_are_in_order_of_position() -> None:
    late = pa.table({"user": [1, 0], "item": [9, 8], "position": [2, 1]})
    early = pa.table({"user": [1, 0, 1], "item": [5, 6, 7], "position": [1, 0, 0]})
    joined = Histories.from_tables(3, late, early)
    assert [joined[user].tolist() for user in range(len(joined))] == [[6, 8], [7, 5, 9], []]
    assert joined.lengths().tolist() == [2, 3, 0]


def test_segments_are_exactly_those_of_the_protocol() -> None:
    # Whole history of 7: five train items; starts 0..3 (the fourth from the end), targets behind them, 1..4.
    examples = SequentialExamples(histories([10, 11, 12, 13, 14]), history=20)
    rng = generator(0, "segments")
    seen = Counter()
    for _ in range(6000):
        example = examples.draw(0, rng)
        assert example.user == 0
        seen[(*example.items.tolist(), example.answer)] += 1
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
    assert max(len(example.items) for example in drawn) == 20
    assert all(example.items[-1] == example.answer - 1 for example in drawn)


def test_prefixes_ask_for_every_train_item_but_the_first() -> None:
    examples = PrefixExamples(histories([1, 2, 3], [], [7], [4, 5]), history=20)
    drawn = [examples.draw(index, generator(0)) for index in range(len(examples))]
    assert [(one.user, one.items.tolist(), one.answer) for one in drawn] == [
        (0, [1], 2),
        (0, [1, 2], 3),
        (3, [4], 5),
    ]


def test_long_prefixes_keep_the_newest_items() -> None:
    examples = PrefixExamples(histories(list(range(60))), history=20)
    last = examples.draw(58, generator(0))
    assert (last.items.tolist(), last.answer) == (list(range(39, 59)), 59)


def test_every_train_item_is_a_positive_once_per_walk() -> None:
    train = histories([1, 2, 3], [], [3, 3])
    examples = TopnExamples(train, histories([1, 2, 3, 4], [], [3, 3, 5]), 40, 9, every=True)
    drawn = [examples.draw(index, generator(0)) for index in range(len(examples))]
    assert [(one.user, one.answer) for one in drawn] == [(0, 1), (0, 2), (0, 3), (2, 3), (2, 3)]
    assert all(one.answer in one.items for one in drawn)


def test_users_with_fewer_than_four_items_have_no_segment() -> None:
    examples = SequentialExamples(histories([1], [1, 2], [], [4, 5, 6]), history=20)
    assert len(examples) == 2
    assert {examples.draw(index, generator(0)).user for index in range(2)} == {1, 3}


@given(st.sets(st.integers(0, 29), max_size=20), st.integers(0, 10**6))
def test_negatives_are_different_and_outside_the_history(history: set[int], seed: int) -> None:
    drawn = draw_negatives(np.array(sorted(history), dtype=np.int32), 30, 10, np.random.default_rng(seed))
    assert len(set(drawn.tolist())) == 10
    assert not set(drawn.tolist()) & history


def test_negatives_are_uniform() -> None:
    rng = np.random.default_rng(0)
    counts = Counter()
    for _ in range(4000):
        counts.update(draw_negatives(np.array([0, 3, 3]), 12, 4, rng).tolist())
    assert set(counts) == set(range(12)) - {0, 3}
    assert all(count == pytest.approx(1600, rel=0.12) for count in counts.values())


def test_too_few_items_for_the_negatives_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"10 negatives asked for, but only 9 .* lower dataset.negatives"):
        draw_negatives(np.array([1, 2]), 11, 10, np.random.default_rng(0))


def test_a_topn_sample_has_one_train_item_anywhere_among_foreign_ones() -> None:
    train, whole = histories([1, 2, 3]), histories([1, 2, 3, 4, 5])
    examples = TopnExamples(train, whole, items=40, negatives=9)
    rng = generator(0, "topn")
    places = Counter()
    for _ in range(2000):
        example = examples.draw(0, rng)
        assert example.answer in (1, 2, 3)
        assert len(example.items) == 10
        assert set(example.items.tolist()) & {1, 2, 3, 4, 5} == {example.answer}
        places[example.items.tolist().index(example.answer)] += 1
    assert all(places[place] == pytest.approx(200, rel=0.35) for place in range(10))


def test_test_questions_keep_the_newest_history_and_the_target() -> None:
    asked = next_item_examples(histories([1, 2, 3], [4], [5, 6]), histories([9], [], [8]), history=2)
    assert [(one.user, one.items.tolist(), one.answer) for one in asked] == [(0, [2, 3], 9), (2, [5, 6], 8)]


def test_explanations_are_listed_as_they_are() -> None:
    listed = ExplanationExamples(Pairs(np.array([3, 1]), np.array([7, 8]), np.array([20, 30])))
    example = listed.draw(1, generator(0))
    assert (len(listed), example.user, example.items.tolist(), example.answer) == (2, 1, [8], 30)


def test_the_place_of_the_positive_depends_on_the_generator_alone() -> None:
    pool = np.arange(5, dtype=np.int32)
    one, two = (topn_example(0, 9, pool, generator(4, "x")) for _ in range(2))
    assert one.items.tolist() == two.items.tolist()
    assert sorted(one.items.tolist()) == [0, 1, 2, 3, 4, 9]
