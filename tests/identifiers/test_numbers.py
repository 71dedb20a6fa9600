from pipeline.identifiers.numbers import numbered_sequentially, sequential, shuffled, train_order
from tests.identifiers.build import PAIRS, TIMES, histories, random, settings, sources


def items_of(make, found):
    return make(sources(found), settings("random"), random).item_numbers.tolist()


def test_sequential_by_hand():
    named = numbered_sequentially(histories(PAIRS, TIMES))
    assert named.user_numbers.tolist() == [2, 1]
    # Walk: 3, 0, 2, then 2, 4, 1, 0: the numbers of items 0 to 4.
    assert named.item_numbers.tolist() == [2, 5, 3, 1, 4]
    assert named.users == ["user_2", "user_1"]
    assert named.items == ["item_2", "item_5", "item_3", "item_1", "item_4"]
    assert named.answers == ["2", "5", "3", "1", "4"]


def test_train_order_by_hand():
    # Train is 3 of user 1, and 2, 4 of user 0; items 0 and 1 come last.
    named = train_order(sources(histories(PAIRS, TIMES)), settings("train_order"), random)
    assert named.user_numbers.tolist() == [2, 1]
    assert named.item_numbers[[3, 2, 4]].tolist() == [1, 2, 3]
    assert sorted(named.item_numbers[[0, 1]].tolist()) == [4, 5]


def test_where_held_out_items_stand_moves_sequential_numbers_alone():
    one = histories([(0, 0), (0, 1), (0, 2), (1, 3), (1, 4), (1, 5)])
    other = histories([(0, 0), (0, 5), (0, 4), (1, 3), (1, 2), (1, 1)])
    assert items_of(train_order, one) == items_of(train_order, other)
    assert items_of(shuffled, one) == items_of(shuffled, other)
    assert items_of(sequential, one) != items_of(sequential, other)
