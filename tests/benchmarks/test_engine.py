"""Shards that warm the workers up are beside those that are measured."""

from benchmarks.engine import Work, measured, warmed


def test_every_shard_is_measured_behind_those_that_warm_up() -> None:
    assert list(warmed([1, 2, 3], 2)) == [1, 1, 1, 1, 1, 2, 3]


def test_a_row_by_hand() -> None:
    done: list[int] = []
    (row,) = measured([Work("x", "things", done.append, list(range(5)), 5)], "local", 1)
    assert done == [0, 0, 0, 1, 2, 3, 4]
    assert (row["work"], row["engine"], row["workers"]) == ("x", "local", 1)
    assert row["things_per_second"] > 0
