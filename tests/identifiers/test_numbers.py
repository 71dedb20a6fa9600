import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts import make_table
from pipeline.data.splits import leave_one_out
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.numbers import (
    Histories,
    collaborative,
    join_splits,
    leak_shares,
    number_ids,
    sequential,
    train_order,
)
from pipeline.tables import INTERACTIONS
from tests.data.build import interactions

METHODS = ["sequential", "random", "train_order", "collaborative"]


def random(name):
    return np.random.default_rng([len(name), *name.encode()])


def histories(pairs, times=None):
    """Whole histories of (user, item) pairs in source order."""
    found = interactions(pairs, times=times).recoded()
    split = {name: make_table(INTERACTIONS, columns) for name, columns in leave_one_out(found).items()}
    return join_splits(split, len(found.user_ids), len(found.item_ids))


# User 1 comes first in the source; his time order is 3, 0, 2; user 0's is 2, 4, 1, 0.
PAIRS = [(1, 3), (0, 2), (1, 2), (0, 1), (0, 4), (1, 0), (0, 0)]
TIMES = [1, 1, 9, 5, 2, 4, 6]


def test_sequential_by_hand():
    users, items = sequential(histories(PAIRS, TIMES))
    assert users.tolist() == [2, 1]
    # Walk: 3, 0, 2, then 2, 4, 1, 0: the numbers of items 0 to 4.
    assert items.tolist() == [2, 5, 3, 1, 4]


def test_train_order_by_hand():
    # Train is 3 of user 1, and 2, 4 of user 0; items 0 and 1 come last.
    users, items = train_order(histories(PAIRS, TIMES), random)
    assert users.tolist() == [2, 1]
    assert items[[3, 2, 4]].tolist() == [1, 2, 3]
    assert sorted(items[[0, 1]].tolist()) == [4, 5]


def test_train_order_ignores_where_held_out_items_stand():
    one = histories([(0, 0), (0, 1), (0, 2), (1, 3), (1, 4), (1, 5)])
    other = histories([(0, 0), (0, 5), (0, 4), (1, 3), (1, 2), (1, 1)])
    assert train_order(one, random)[1].tolist() == train_order(other, random)[1].tolist()
    assert sequential(one)[1].tolist() != sequential(other)[1].tolist()


three_or_more = st.lists(st.lists(st.integers(0, 25), min_size=3, max_size=8), min_size=1, max_size=12)


@given(three_or_more, st.sampled_from(METHODS), st.integers(2, 5))
def test_every_method_is_a_bijection_onto_1_to_n(per_user, method, clusters):
    pairs = [(user, item) for user, own in enumerate(per_user) for item in own]
    found = histories(pairs)
    vectors = np.random.default_rng(0).normal(size=(found.item_count, 3)).astype(np.float32)
    config = IdentifiersConfig(method=method, clusters=clusters)
    users, items = number_ids(config, found, lambda: vectors, random)
    assert sorted(users.tolist()) == list(range(1, found.user_count + 1))
    assert sorted(items.tolist()) == list(range(1, found.item_count + 1))
    assert users.dtype == items.dtype == np.int32


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_numbers(method):
    found = histories(PAIRS, TIMES)
    vectors = np.random.default_rng(0).normal(size=(5, 3))
    config = IdentifiersConfig(method=method, clusters=2)
    one, other = (number_ids(config, found, lambda: vectors, random) for _ in range(2))
    assert one[0].tolist() == other[0].tolist()
    assert one[1].tolist() == other[1].tolist()


def test_vectors_are_asked_for_by_collaborative_alone():
    def absent():
        raise FileNotFoundError("no vectors")

    for method in METHODS[:-1]:
        number_ids(IdentifiersConfig(method=method, clusters=2), histories(PAIRS, TIMES), absent, random)
    with pytest.raises(FileNotFoundError):
        number_ids(IdentifiersConfig(method="collaborative", clusters=2), histories(PAIRS), absent, random)


def test_collaborative_puts_items_without_train_last():
    found = histories([(0, 4), (0, 2), (0, 0), (0, 1), (0, 3)])
    items = collaborative(found, np.zeros((5, 2)), 2, random)
    assert sorted(items[[4, 2, 0]].tolist()) == [1, 2, 3]
    assert sorted(items[[1, 3]].tolist()) == [4, 5]


def test_collaborative_wants_a_vector_an_item():
    with pytest.raises(ValueError, match="4 item vectors found, 5 items wanted"):
        collaborative(histories(PAIRS), np.zeros((4, 2)), 2, random)


def test_leak_shares_by_hand():
    # The test item continues the highest number, the last number, both, neither.
    numbers = [(1, 5, 3, 6), (4, 2, 1, 2), (1, 2, 3, 4), (5, 6, 1, 3)]
    pairs = [(user, number - 1) for user, own in enumerate(numbers) for number in own]
    shares = leak_shares(histories(pairs), np.arange(1, 7, dtype=np.int32))
    assert shares == {"highest_plus_one": 0.5, "last_plus_one": 0.5, "chance": round(1 / 6, 6)}


def test_sequential_leaks_and_the_others_do_not():
    rng = np.random.default_rng(3)
    pairs = [(user, int(item)) for user in range(400) for item in rng.integers(2000, size=6)]
    found = histories(pairs)
    vectors = rng.normal(size=(found.item_count, 4))
    shares = {}
    for method in METHODS:
        config = IdentifiersConfig(method=method, clusters=10)
        shares[method] = leak_shares(found, number_ids(config, found, lambda: vectors, random)[1])
    assert shares["sequential"]["highest_plus_one"] > 0.2
    for method in METHODS[1:]:
        assert shares[method]["highest_plus_one"] < 0.02


def test_join_splits_marks_train():
    found = histories(PAIRS, TIMES)
    assert isinstance(found, Histories)
    assert sorted(zip(found.users[found.train].tolist(), found.items[found.train].tolist(), strict=True)) == [
        (0, 2),
        (0, 4),
        (1, 3),
    ]
    assert found.rows.tolist() == [2, 5, 1, 4, 6, 7, 3]
