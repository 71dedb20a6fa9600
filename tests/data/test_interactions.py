import numpy as np

from pipeline.data.interactions import collect
from pipeline.data.records import Record

RECORDS = [
    Record(2, "zoe", "b", 5.0, 300, None, "x"),
    Record(3, "ann", "c", 4.0, 200, None, None),
    Record(7, "zoe", "a", 1.0, 100, None, None),
    Record(9, "zoe", "c", 2.5, 300, None, None),
]


def test_collect_codes_ids_in_order_of_appearance():
    found = collect(RECORDS)
    assert found.user_ids == ["zoe", "ann"]
    assert found.item_ids == ["b", "c", "a"]
    assert found.users.tolist() == [0, 1, 0, 0]
    assert found.items.tolist() == [0, 1, 2, 1]
    assert found.rows.tolist() == [2, 3, 7, 9]
    assert found.ratings.tolist() == [5.0, 4.0, 1.0, 2.5]
    assert found.timestamps.tolist() == [300, 200, 100, 300]


def test_recoding_follows_the_raw_ids_and_drops_those_unused():
    found = collect(RECORDS).take(np.array([True, False, True, True])).recoded()
    assert found.user_ids == ["zoe"]
    assert found.item_ids == ["a", "b", "c"]
    assert found.items.tolist() == [1, 0, 2]
    assert found.rows.tolist() == [2, 7, 9]


def test_time_order_keeps_the_order_of_the_source_on_ties():
    found = collect(RECORDS).recoded()
    # ann first (by id); zoe: 100, then the two of 300 as they stand in the file.
    assert found.time_order().tolist() == [1, 2, 0, 3]


def test_nothing_collects_to_nothing():
    assert len(collect([]).recoded()) == 0
