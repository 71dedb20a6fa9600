import numpy as np
import pytest

from pipeline.artifacts import make_table
from pipeline.evaluation.predictions import (
    PredictionError,
    check_cutoffs,
    generated_texts,
    invalid_share,
    ranked_lists,
)
from pipeline.tables import GENERATED, RECOMMENDATIONS


def recommendations(rows):
    users, ranks, items = zip(*rows, strict=True) if rows else ((), (), ())
    return make_table(
        RECOMMENDATIONS, {"user": users, "rank": ranks, "item": items, "score": [0.0] * len(users)}
    )


def test_lists_in_any_row_order_with_nulls_and_unequal_lengths():
    table = recommendations([(4, 2, 8), (4, 1, 9), (2, 1, None), (2, 2, 5), (2, 3, 6)])
    lists = ranked_lists(table, np.array([2, 4]), "here")
    assert lists.tolist() == [[-1, 5, 6], [9, 8, -1]]
    assert invalid_share(table) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(2, 1, 5)], r"here: no list for 1 of 2 test users, the first is user 4"),
        ([(2, 1, 5), (4, 1, 5), (9, 1, 5)], r"here: user 9 has a list but isn't in the test split"),
        ([(2, 1, 5), (4, 1, 5), (4, 3, 6)], r"here: user 4 has rank 3 where 2 is wanted"),
        ([(2, 1, 5), (4, 1, 5), (4, 1, 6)], r"here: user 4 has rank 1 where 2 is wanted"),
        ([(2, 0, 5), (4, 1, 5)], r"here: user 2 has rank 0 where 1 is wanted"),
    ],
)
def test_faulty_lists(rows, message):
    with pytest.raises(PredictionError, match=message):
        ranked_lists(recommendations(rows), np.array([2, 4]), "here")


def test_no_test_users():
    with pytest.raises(PredictionError, match="nothing to evaluate"):
        ranked_lists(recommendations([]), np.array([], dtype=np.int64), "here")
    assert invalid_share(recommendations([])) == 0.0


def test_a_cutoff_beyond_the_lists_is_refused():
    check_cutoffs(np.zeros((2, 10)), (5, 10), "here")
    with pytest.raises(
        PredictionError, match=r"here: a cutoff of 20 .* longest list has 10 items; lower .* at most 10"
    ):
        check_cutoffs(np.zeros((2, 10)), (5, 20), "here")


def generated(users, items, texts):
    return make_table(GENERATED, {"user": users, "item": items, "text": texts, "score": [0.0] * len(users)})


def test_texts():
    pairs = generated([1, 2], [3, 4], ["", ""])
    assert generated_texts(generated([1, 2], [3, 4], ["a", "b"]), pairs, "here") == ["a", "b"]
    with pytest.raises(PredictionError, match="here: 1 texts found, 2 test pairs wanted"):
        generated_texts(generated([1], [3], ["a"]), pairs, "here")
    with pytest.raises(PredictionError, match="here: row 2 has item 5, the test split has 4"):
        generated_texts(generated([1, 2], [3, 5], ["a", "b"]), pairs, "here")
    with pytest.raises(PredictionError, match="here: row 2 has no text"):
        generated_texts(generated([1, 2], [3, 4], ["a", None]), pairs, "here")
