import json

import numpy as np
import pytest

from pipeline.data.config import DatasetConfig
from pipeline.data.records import DatasetError
from pipeline.data.splits import leave_one_out
from pipeline.data.statistics import order_audit
from pipeline.data.ties import given_order, order_ties
from tests.data.build import interactions

# User 0: item 0, then 1 and 2 at the same time; user 1: 0 and 1 at the same time, then 2.
PAIRS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
TIMES = [10, 20, 20, 10, 10, 20]


def config(**changes):
    values = {"format": "auto", "core": 0, "duplicates": "last", "negatives": 1, "bad_records": "stop"}
    return DatasetConfig(raw="raw.csv", **{**values, **changes})


def rng(seed=0):
    return np.random.default_rng(seed)


def histories(found):
    order = found.time_order()
    return [found.items[order][found.users[order] == user].tolist() for user in range(len(found.user_ids))]


def test_the_order_of_the_file_is_kept():
    found = interactions(PAIRS, TIMES)
    assert histories(order_ties(found, config(), None, rng())) == [[0, 1, 2], [0, 1, 2]]


def test_a_random_order_moves_nothing_but_ties():
    found = interactions(PAIRS, TIMES)
    drawn = [histories(order_ties(found, config(ties="random"), None, rng(seed))) for seed in range(200)]
    assert {tuple(first) for first, _ in drawn} == {(0, 1, 2), (0, 2, 1)}
    assert {tuple(second) for _, second in drawn} == {(0, 1, 2), (1, 0, 2)}
    # Of 200 draws a half is 100; four standard deviations are 28.
    assert 72 <= sum(first == [0, 2, 1] for first, _ in drawn) <= 128
    assert drawn[7] == histories(order_ties(found, config(ties="random"), None, rng(7)))


def test_the_rows_of_the_source_stay_in_their_order():
    found = order_ties(interactions(PAIRS, TIMES), config(ties="random"), None, rng())
    assert found.rows.tolist() == [1, 2, 3, 4, 5, 6]
    part = found.take(found.users == 1).recoded()
    assert part.tie_ranks.tolist() == found.tie_ranks[3:].tolist()


def test_without_times_there_is_no_random_order():
    with pytest.raises(DatasetError, match=r"raw\.csv: dataset\.ties is random, but the source has no times"):
        order_ties(interactions(PAIRS), config(ties="random"), None, rng())


def test_another_source_decides_ties_and_nothing_else():
    found = interactions(PAIRS, TIMES)
    other = interactions([(0, 2), (0, 1), (0, 0), (1, 2), (1, 1), (1, 0)])
    assert histories(order_ties(found, config(), other, rng())) == [[0, 2, 1], [1, 0, 2]]
    # Without times its order is all there is.
    assert histories(order_ties(interactions(PAIRS), config(), other, rng())) == [[2, 1, 0], [2, 1, 0]]


def test_users_whom_the_other_source_lacks_keep_their_order():
    found = interactions(PAIRS)
    other = interactions([(0, 2), (0, 1), (0, 0), (0, 3)])
    assert histories(order_ties(found, config(), other, rng())) == [[2, 1, 0], [0, 1, 2]]


def test_repeats_of_a_pair_meet_their_places_in_turn():
    found = interactions([(0, 0), (0, 1), (0, 0)])
    other = interactions([(0, 1), (0, 0), (0, 0)])
    assert histories(order_ties(found, config(), other, rng())) == [[1, 0, 0]]


def test_a_source_of_other_interactions_is_refused():
    other = interactions([(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)])
    message = r"dataset\.tie_order \(other\): user U000 has no interaction with I002 there"
    with pytest.raises(DatasetError, match=message):
        order_ties(interactions(PAIRS), config(tie_order="other"), other, rng())


def test_two_orders_are_refused_and_either_works():
    found, other = interactions(PAIRS, TIMES), interactions(PAIRS)
    with pytest.raises(DatasetError, match=r"dataset\.ties is random, and dataset\.tie_order \(x\) gives"):
        order_ties(found, config(ties="random", tie_order="x"), other, rng())
    order_ties(found, config(tie_order="x"), other, rng())
    order_ties(found, config(ties="random"), None, rng())


def test_a_path_as_ties_says_where_it_goes():
    with pytest.raises(ValueError, match=r"the path of an order goes to dataset\.tie_order"):
        config(ties="/data/order.txt")


def test_the_other_source_may_be_any_that_is_read(tmp_path):
    (tmp_path / "empty.txt").touch()
    assert given_order(config()) is given_order(config(tie_order=str(tmp_path / "empty.txt"))) is None
    (tmp_path / "a.csv").write_text("user,item,timestamp\nU0,I1,1300000005\nU0,I0,1300000000\n")
    assert histories(given_order(config(tie_order=str(tmp_path / "a.csv")))) == [[1, 0]]
    # One file of a P5 folder, its numbers by the maps beside it.
    maps = {"id2user": {"1": "U0"}, "id2item": {"1": "I0", "2": "I1"}}
    (tmp_path / "datamaps.json").write_text(json.dumps(maps))
    (tmp_path / "sequential_data_other_tie_order.txt").write_text("1 2 1\n")
    found = given_order(config(tie_order=str(tmp_path / "sequential_data_other_tie_order.txt")))
    assert (found.user_ids, [found.item_ids[item] for item in found.items]) == (["U0"], ["I1", "I0"])
    with pytest.raises(DatasetError, match="absent: no such file or folder"):
        given_order(config(tie_order=str(tmp_path / "absent")))


def test_how_many_test_items_a_tie_decides_by_hand():
    # User 0's last two are tied, user 1's first two, user 2 has nothing to tie.
    found = interactions([*PAIRS, (2, 0)], [*TIMES, 10])
    assert order_audit(found)["test_items_decided_by_ties"] == 0.5
    assert order_audit(interactions(PAIRS))["test_items_decided_by_ties"] is None
    assert order_audit(interactions([(0, 0)], [1]))["test_items_decided_by_ties"] is None


def test_the_test_item_follows_the_ties():
    found = interactions(PAIRS, TIMES)
    other = interactions([(0, 2), (0, 1), (0, 0), (1, 2), (1, 1), (1, 0)])
    split = leave_one_out(order_ties(found, config(), other, rng()))
    assert split["test"]["item"].tolist() == [1, 2]
    assert split["test"]["row"].tolist() == [2, 6]
