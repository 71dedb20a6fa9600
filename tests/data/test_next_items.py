from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts import make_table, read_table, write_table
from pipeline.data.next_items import (
    choice_columns,
    draw_choices,
    every_item,
    joined,
    last_items,
    read_choices,
    split_by_users,
)
from pipeline.data.records import DatasetError
from pipeline.tables import CHOICES
from tests.data.build import interactions
from tests.data.test_histories import histories


def told(examples):
    return [
        (user, examples.histories[one].tolist(), target)
        for one, (user, target) in enumerate(
            zip(examples.users.tolist(), examples.targets.tolist(), strict=True)
        )
    ]


def test_every_item_comes_after_the_newest_before_it():
    found = every_item(histories([5, 6, 7, 8], [], [9]), longest=2)
    assert told(found) == [(0, [], 5), (0, [5], 6), (0, [5, 6], 7), (0, [6, 7], 8), (2, [], 9)]
    assert told(found.after(2)) == [(0, [5, 6], 7), (0, [6, 7], 8)]
    assert len(found.after(3)) == 0


def test_the_last_item_of_those_who_have_one():
    found = last_items(histories([5, 6, 7, 8], [], [9]), longest=2)
    assert told(found) == [(0, [6, 7], 8), (2, [], 9)]


def test_users_are_split_by_their_first_item_and_the_held_out_ones_have_one_example():
    # Users come at times 10, 9, ..., 1, each with three items, of which the second is the newest.
    pairs = [(user, item) for user in range(10) for item in (0, 1, 2)]
    times = [10 - user + moment for user in range(10) for moment in (0, 100, 50)]
    found = split_by_users(interactions(pairs, times), longest=1)
    assert sorted(set(found["train"].users.tolist())) == list(range(2, 10))
    assert told(found["train"])[:3] == [(2, [], 0), (2, [0], 2), (2, [2], 1)]
    assert told(found["validation"]) == [(1, [2], 1)]
    assert told(found["test"]) == [(0, [2], 1)]


@given(
    st.lists(st.lists(st.integers(0, 29), max_size=6), min_size=1, max_size=5),
    st.integers(2, 10),
    st.integers(0, 99),
)
def test_candidates_are_the_target_and_others_than_the_history(rows, count, seed):
    examples = every_item(histories(*rows), longest=3)
    sets = draw_choices(examples, 30, count, 2, np.random.default_rng(seed))
    assert sets.shape == (2, len(examples), count)
    for draw in sets.tolist():
        for one, candidates in enumerate(draw):
            assert len(set(candidates)) == count
            target = int(examples.targets[one])
            assert target in candidates
            # The target may stand in the history: an item that comes again.
            assert not (set(candidates) - {target}) & set(examples.histories[one].tolist())


def test_each_other_item_is_drawn_alike_at_any_place_and_so_is_the_target():
    examples = every_item(histories(*[[1, 2]] * 2000), longest=3).after(1)
    sets = draw_choices(examples, 12, 4, 2, np.random.default_rng(3)).reshape(-1, 4)
    counts = Counter(sets.ravel().tolist())
    assert counts[2] == 4000
    assert counts[1] == 0
    # 4,000 sets with 3 of 10 items: 1,200 expected, standard deviation 29.
    assert all(abs(counts[item] - 1200) < 150 for item in range(12) if item not in (1, 2))
    places = np.bincount(np.nonzero(sets == 2)[1])
    assert (np.abs(places - 1000) < 140).all()


def test_more_draws_begin_with_fewer():
    examples = every_item(histories([1, 2, 3], [4, 5]), longest=3)
    few, more = (draw_choices(examples, 50, 5, draws, np.random.default_rng(7)) for draws in (2, 4))
    assert np.array_equal(few, more[:2])
    assert not np.array_equal(more[0], more[1])


def test_too_few_items_are_an_error():
    examples = every_item(histories([1, 2, 3]), longest=3)
    with pytest.raises(DatasetError, match="5 candidates wanted of 6 items, of which up to 2 stand"):
        draw_choices(examples, 6, 5, 1, np.random.default_rng(0))
    assert draw_choices(examples, 7, 5, 1, np.random.default_rng(0)).shape == (1, 3, 5)


def stored(path, examples, sets):
    write_table(path, CHOICES, choice_columns({"test": examples}, {"test": sets}))
    return read_table(path, CHOICES)


def test_stored_candidates_come_back(tmp_path):
    examples = every_item(histories([1, 2, 3], [4, 5]), longest=2)
    sets = draw_choices(examples, 50, 5, 3, np.random.default_rng(7))
    found, again = read_choices(stored(tmp_path / "choices.parquet", examples, sets))["test"]
    assert told(found) == told(examples)
    assert np.array_equal(again, sets)


def test_candidates_without_their_target_are_an_error():
    examples = every_item(histories([1, 2, 3]), longest=2)
    sets = draw_choices(examples, 50, 5, 2, np.random.default_rng(7))
    sets[1, 2][sets[1, 2] == 3] = 49
    table = make_table(CHOICES, choice_columns({"test": examples}, {"test": sets}))
    with pytest.raises(ValueError, match=r"1 sets of test lack their target.*example 2 in draw 1"):
        read_choices(table)


def test_nothing_joined_is_nobody():
    assert len(joined([])) == 0
