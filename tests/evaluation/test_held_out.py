import pytest

from pipeline.artifacts import make_table
from pipeline.evaluation.held_out import make_held_out, numbers_by_item
from pipeline.tables import CANDIDATES, INTERACTIONS, ITEM_IDENTIFIERS


def interactions(rows):
    columns = {name: [row[n] for row in rows] for n, name in enumerate(("user", "item", "position"))}
    empty = {name: [None] * len(rows) for name in ("rating", "timestamp", "row")}
    return make_table(INTERACTIONS, columns | empty)


def candidates(lists):
    return make_table(CANDIDATES, {"user": list(lists), "negatives": list(lists.values())})


TRAIN = interactions([(0, 1, 0), (3, 2, 0), (5, 4, 0)])
VALIDATION = interactions([(0, 3, 1), (5, 5, 1)])


def test_rows_follow_the_ascending_test_users():
    test = interactions([(5, 6, 2), (0, 7, 2)])
    split = make_held_out(TRAIN, VALIDATION, test, candidates({0: [8], 3: [1], 5: [9, 2]}))
    assert split.users.tolist() == [0, 5]
    assert split.targets.tolist() == [7, 6]
    # User 3 has no test item and is left out.
    assert split.owners.tolist() == [0, 1, 0, 1]
    assert split.history.tolist() == [1, 4, 3, 5]
    assert split.positions.tolist() == [0, 0, 1, 1]
    assert [items.tolist() for items in split.negatives] == [[8], [9, 2]]


def test_of_a_split_by_users_the_last_item_is_held_out_and_the_others_are_history():
    test = interactions([(7, 6, 2), (5, 7, 3), (7, 8, 0), (7, 9, 1)])
    split = make_held_out(TRAIN, VALIDATION, test, candidates({5: [1], 7: [2]}))
    assert (split.users.tolist(), split.targets.tolist()) == ([5, 7], [7, 6])
    rows = zip(split.owners.tolist(), split.history.tolist(), split.positions.tolist(), strict=True)
    assert sorted(rows) == [(0, 4, 0), (0, 5, 1), (1, 8, 0), (1, 9, 1)]
    nobody = make_held_out(TRAIN, VALIDATION, interactions([]), candidates({}))
    assert len(nobody.users) == len(nobody.history) == 0


def test_errors():
    with pytest.raises(ValueError, match="candidates: no list for 1 test users, the first is user 5"):
        make_held_out(TRAIN, VALIDATION, interactions([(0, 6, 2), (5, 7, 3)]), candidates({0: [1]}))


def test_numbers_are_indexed_by_item_in_any_row_order():
    columns = {"item": [2, 0, 1], "number": [30, 10, 20], "codes": [None] * 3}
    table = make_table(ITEM_IDENTIFIERS, {**columns, "mention": ["c", "a", "b"], "answer": ["c", "a", "b"]})
    assert numbers_by_item(table).tolist() == [10, 20, 30]


def test_names_without_numbers_have_none():
    columns = {"item": [0, 1], "number": [None, None], "codes": [[3], [4]]}
    table = make_table(ITEM_IDENTIFIERS, {**columns, "mention": ["<a_3>", "<a_4>"], "answer": ["", ""]})
    assert numbers_by_item(table) is None
