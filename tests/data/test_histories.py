import numpy as np
import pyarrow as pa

from pipeline.data.histories import Histories


def histories(*rows: list[int]) -> Histories:
    offsets = np.cumsum([0, *(len(row) for row in rows)])
    return Histories(np.array([item for row in rows for item in row], dtype=np.int32), offsets)


def test_histories_from_splits_are_in_order_of_position() -> None:
    late = pa.table({"user": [1, 0], "item": [9, 8], "position": [2, 1]})
    early = pa.table({"user": [1, 0, 1], "item": [5, 6, 7], "position": [1, 0, 0]})
    joined = Histories.from_tables(3, late, early)
    assert [joined[user].tolist() for user in range(len(joined))] == [[6, 8], [7, 5, 9], []]
    assert joined.lengths().tolist() == [2, 3, 0]


def test_users_and_places() -> None:
    found = histories([5, 6, 7], [], [8])
    assert found.users().tolist() == [0, 2]
    users, positions = found.places(first=1)
    assert (users.tolist(), positions.tolist()) == ([0, 0], [1, 2])
