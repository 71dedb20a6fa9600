from dataclasses import replace

import numpy as np
import pytest

from pipeline.identifiers.base import HistoryColumns, Identifiers, IdentifiersError, check_identifiers, coded
from tests.identifiers.build import PAIRS, TIMES, histories, sources

SOURCES = sources(histories(PAIRS, TIMES))
USERS = np.array([2, 1], dtype=np.int32)


def names(**changes: object) -> Identifiers:
    found = Identifiers(list("abcde"), list("abcde"), USERS)
    return replace(found, **changes)


def test_join_splits_marks_train():
    found = histories(PAIRS, TIMES)
    assert isinstance(found, HistoryColumns)
    train = zip(found.users[found.train].tolist(), found.items[found.train].tolist(), strict=True)
    assert sorted(train) == [(0, 2), (0, 4), (1, 3)]
    assert found.rows.tolist() == [2, 5, 1, 4, 6, 7, 3]


def test_train_histories_are_in_order_of_time():
    pairs = [(0, 3), (1, 1), (0, 2), (0, 0), (0, 1), (1, 0), (1, 2)]
    found = histories(pairs, [5, 1, 1, 8, 9, 2, 3]).of_train()
    assert [one.tolist() for one in found] == [[2, 3], [1]]


def test_a_user_without_train_has_an_empty_history():
    found = replace(histories(PAIRS, TIMES), user_count=4)
    assert [one.tolist() for one in found.of_train()] == [[2, 4], [3], [], []]


def test_coded_by_hand():
    found = coded(USERS, [[3, 1], [3, 0], [1, 1, 4]])
    assert found.answers == found.items == ["<a_3><b_1>", "<a_3><b_0>", "<a_1><b_1><c_4>"]
    assert found.symbols == ["<a_1>", "<a_3>", "<b_0>", "<b_1>", "<c_4>"]
    assert found.users == ["user_2", "user_1"]


def test_sound_names_pass():
    check_identifiers(names(), "mine", SOURCES)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"answers": list("abcbc")},
            "identifiers.method mine: items 'I1' and 'I3' share the answer 'b' "
            r"\(4 items share one in all\); each has to have its own",
        ),
        ({"items": list("aacde")}, "items 'I0' and 'I1' share the mention 'a'"),
        ({"user_numbers": np.array([1, 1])}, "users '0' and '1' share the mention 'user_1'"),
        # One word to every tokenizer: other blanks, and another form of the same characters.
        ({"answers": ["a b", "a  b", *"cde"]}, "'I0' and 'I1' share the answer 'a b'"),
        ({"answers": ["\ufb01", "fi", *"cde"]}, "'I0' and 'I1' share the answer 'fi'"),
        ({"answers": ["", *"bcde"]}, "items 'I0' has an empty answer"),
        ({"answers": list("abc")}, "3 answers of items made, 5 wanted"),
        ({"symbols": ["<a>", "<a>"]}, "symbols '<a>' and '<a>' share"),
        ({"symbols": ["<a b>"]}, "symbol '<a b>' is empty or holds a blank"),
    ],
)
def test_names_that_do_not_tell_apart_are_refused(changes: dict, message: str):
    with pytest.raises(IdentifiersError, match=message):
        check_identifiers(names(**changes), "mine", SOURCES)


def test_all_faults_at_once():
    with pytest.raises(IdentifiersError, match=r"share the mention.*share the answer"):
        check_identifiers(names(items=list("aacde"), answers=list("aacde")), "mine", SOURCES)
