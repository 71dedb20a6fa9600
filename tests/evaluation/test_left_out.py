"""Repeats and short lists, counted by hand."""

import numpy as np

from pipeline.evaluation.held_out import HeldOut
from pipeline.evaluation.left_out import leaves_out_history, left_out, repeats, unseen_items

# Users 4 and 9 had their test item before; user 7 had another user's.
SPLIT = HeldOut(
    users=np.array([4, 7, 9]),
    targets=np.array([1, 2, 3]),
    owners=np.array([0, 0, 0, 1, 1, 2]),
    history=np.array([1, 1, 0, 3, 1, 3]),
    positions=np.array([0, 1, 2, 0, 1, 0]),
    negatives=[np.array([5])] * 3,
)
LISTS = {
    "fresh": np.array([[2, 3], [0, 2], [1, -1]]),
    # User 7's second is an item that they had.
    "model": np.array([[2, 3], [0, 3], [1, 0]]),
    "empty": np.full((3, 2), -1),
}


def test_repeats_by_hand():
    assert repeats(SPLIT).tolist() == [True, False, True]


def test_what_lists_hold_of_histories():
    assert {name: leaves_out_history(lists, SPLIT) for name, lists in LISTS.items()} == {
        "fresh": True,
        "model": False,
        "empty": True,
    }


def test_a_repeat_counts_once_among_what_is_unseen():
    assert unseen_items(SPLIT, 6).tolist() == [4, 4, 5]


def test_what_the_metrics_file_says():
    assert left_out(LISTS, SPLIT, 6, 5) == {
        "repeated_test_items": 2,
        "repeats_left_out_by": ["fresh", "empty"],
        "users_with_short_lists": 2,
    }


def test_without_repeats_nobody_leaves_any_out():
    split = HeldOut(**{**vars(SPLIT), "targets": np.array([4, 4, 4])})
    assert left_out(LISTS, split, 6, 4) == {
        "repeated_test_items": 0,
        "repeats_left_out_by": [],
        "users_with_short_lists": 0,
    }
