from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.randomness import generator
from pipeline.tasks.topn import TOPN, TopnExamples, draw_negatives, topn_question
from tests.data.test_histories import histories
from tests.training.test_samples import inputs


def test_every_train_item_is_a_positive_once_per_walk() -> None:
    train = histories([1, 2, 3], [], [3, 3])
    examples = TopnExamples(train, histories([1, 2, 3, 4], [], [3, 3, 5]), 40, 9, every=True)
    drawn = [examples.draw(index, generator(0)) for index in range(len(examples))]
    assert [(one.question.user, one.answer) for one in drawn] == [(0, 1), (0, 2), (0, 3), (2, 3), (2, 3)]
    assert all(one.answer in one.question.items for one in drawn)


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
        assert len(example.question.items) == 10
        assert set(example.question.items.tolist()) & {1, 2, 3, 4, 5} == {example.answer}
        places[example.question.items.tolist().index(example.answer)] += 1
    assert all(places[place] == pytest.approx(200, rel=0.35) for place in range(10))


def test_the_place_of_the_positive_depends_on_the_generator_alone() -> None:
    pool = np.arange(5, dtype=np.int32)
    one, two = (topn_question(0, 9, pool, generator(4, "x")) for _ in range(2))
    assert one.items.tolist() == two.items.tolist()
    assert sorted(one.items.tolist()) == [0, 1, 2, 3, 4, 9]


def test_the_same_candidates_are_asked_for_by_both_prompts() -> None:
    asked = TOPN.test(inputs(), 3, generator(0))
    assert set(asked) == {"topn", "topn_sequential"}
    assert all(one.pool is one.items for one in asked["topn"])


def test_validation_draws_negatives_outside_the_whole_history() -> None:
    dataset = replace(inputs(), validation=histories([3], [], [3]))
    found = TOPN.validation(dataset, 20, generator(0))
    assert [(one.question.user, one.answer) for one in found] == [(0, 3), (2, 3)]
    for one in found:
        assert set(one.question.items.tolist()) & {0, 1, 2, 3, 4} == {3}
        assert len(one.question.items) == 6
