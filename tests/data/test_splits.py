from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.splits import by_users, explanation_split, leave_one_out, users_in_time
from tests.data.build import interactions


def test_leave_one_out_by_hand():
    #          row: 1       2       3       4       5       6       7
    found = interactions(
        [(1, 0), (0, 3), (0, 1), (1, 2), (0, 2), (1, 1), (0, 0)],
        times=[10, 50, 20, 30, 50, 20, 10],
        ratings=[1, 2, 3, 4, 5, 1, 2],
    )
    split = leave_one_out(found)
    # User 0: item 0 at 10, 1 at 20, then 3 and 2, both at 50, as in the file.
    assert split["train"]["user"].tolist() == [0, 0, 1]
    assert split["train"]["item"].tolist() == [0, 1, 0]
    assert split["train"]["position"].tolist() == [0, 1, 0]
    assert split["validation"]["item"].tolist() == [3, 1]
    assert split["test"]["item"].tolist() == [2, 2]
    assert split["test"]["position"].tolist() == [3, 2]
    assert split["test"]["rating"].tolist() == [5, 4]
    assert split["test"]["timestamp"].tolist() == [50, 30]
    assert split["test"]["row"].tolist() == [5, 4]


def test_a_source_without_times_splits_by_its_order_and_has_nulls():
    split = leave_one_out(interactions([(0, 2), (0, 0), (0, 1), (0, 3)]))
    assert split["train"]["item"].tolist() == [2, 0]
    assert split["validation"]["item"].tolist() == [1]
    assert split["test"]["item"].tolist() == [3]
    assert split["train"]["rating"].to_pylist() == [None, None]
    assert split["train"]["timestamp"].to_pylist() == [None, None]


def test_a_history_of_two_cannot_be_split():
    with pytest.raises(ValueError, match="user U001 has 2 interactions; leave-one-out needs 3"):
        leave_one_out(interactions([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]))


histories = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=3, max_size=9), min_size=1
)


@given(histories, st.randoms())
def test_nobody_is_tested_on_his_past(per_user, random):
    rows = [(user, item, time) for user, own in enumerate(per_user) for item, time in own]
    random.shuffle(rows)
    found = interactions([row[:2] for row in rows], times=[row[2] for row in rows])
    split = leave_one_out(found)
    assert sum(len(columns["user"]) for columns in split.values()) == len(rows)
    for user in range(len(per_user)):
        order = sorted((time, row) for row, (owner, _, time) in enumerate(rows, start=1) if owner == user)
        got = [
            (columns["timestamp"][at].as_py(), columns["row"][at])
            for columns in (split["train"], split["validation"], split["test"])
            for at in np.flatnonzero(columns["user"] == user)
        ]
        assert got == order


pairs = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=120)


@given(pairs, st.integers(0, 99))
def test_users_and_items_of_validation_and_test_are_in_train(rows, seed):
    users = np.array([user for user, _ in rows], dtype=np.int64)
    items = np.array([item for _, item in rows], dtype=np.int64)
    split = explanation_split(users, items, (8, 1, 1), np.random.default_rng(seed))
    train = split == "train"
    assert set(split) <= {"train", "validation", "test"}
    assert set(users[~train]) <= set(users[train])
    assert set(items[~train]) <= set(items[train])
    counts = Counter(split.tolist())
    assert counts["validation"] <= round(len(rows) / 10)
    assert counts["test"] <= round(len(rows) / 10)
    assert abs(counts["validation"] - counts["test"]) <= 1
    # No more pairs could leave: else validation and test would have their full parts.
    if counts["validation"] + counts["test"] < 2 * round(len(rows) / 10):
        in_train = Counter(users[train].tolist()), Counter(items[train].tolist())
        assert not any(
            in_train[0][user] > 1 and in_train[1][item] > 1
            for user, item in zip(users[train].tolist(), items[train].tolist(), strict=True)
        )


@pytest.mark.parametrize(("ratio", "parts"), [((8, 1, 1), (400, 50, 50)), ((3, 1, 0), (375, 125, 0))])
def test_parts_are_exact_where_every_user_and_item_has_enough(ratio, parts):
    users, items = np.repeat(np.arange(50), 10), np.tile(np.arange(10), 50)
    split = explanation_split(users, items, ratio, np.random.default_rng(0))
    assert tuple(int((split == name).sum()) for name in ("train", "validation", "test")) == parts


def test_it_is_random_by_seed():
    users, items = np.repeat(np.arange(20), 10), np.tile(np.arange(10), 20)
    one, same, other = (
        explanation_split(users, items, (8, 1, 1), np.random.default_rng(seed)).tolist() for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


@pytest.mark.parametrize("ratio", [(8, 1), (0, 1, 1), (8, -1, 1)])
def test_a_ratio_that_cannot_be_is_refused(ratio):
    with pytest.raises(ValueError, match="ratio is"):
        explanation_split(np.zeros(1, int), np.zeros(1, int), ratio, np.random.default_rng(0))


def test_users_are_split_by_their_first_interaction():
    # User n first comes at 20 - n, and again at other times.
    pairs = [(user, item) for item in (0, 1) for user in range(20)]
    times = [30 + user for user in range(20)] + [20 - user for user in range(20)]
    split = users_in_time(interactions(pairs, times))
    assert split[:2].tolist() == ["test", "test"]
    assert split[2:4].tolist() == ["validation", "validation"]
    assert set(split[4:].tolist()) == {"train"}


@pytest.mark.parametrize("times", [None, [7] * 10])
def test_users_of_one_time_are_split_in_the_order_of_the_source(times):
    split = users_in_time(interactions([(9 - user, 0) for user in range(10)], times))
    assert split.tolist() == ["test", "validation", *["train"] * 8]


def test_whole_users_in_one_split_each():
    found = interactions([(0, 2), (1, 0), (0, 1), (2, 3), (1, 2)], times=[5, 1, 3, 2, 0])
    split = by_users(found, np.array(["test", "train", "validation"], dtype=object))
    names = ("user", "item", "position")
    shown = {part: list(zip(*(split[part][name] for name in names), strict=True)) for part in split}
    assert shown == {
        "train": [(1, 2, 0), (1, 0, 1)],
        "validation": [(2, 3, 0)],
        "test": [(0, 1, 0), (0, 2, 1)],
    }
