import numpy as np
import pytest

from pipeline.artifacts import make_table
from pipeline.recommenders.base import BaselineError, TrainingData, needed_attributes
from pipeline.recommenders.parts.attributes import owned_attributes, shared_attributes
from pipeline.tables import ATTRIBUTES


def table(*rows):
    return make_table(
        ATTRIBUTES, {"item": [item for item, _ in rows], "attribute": [name for _, name in rows]}
    )


ROWS = table((0, "b"), (0, "c"), (2, "alone"), (2, "b"), (2, "c"), (3, "c"))


def test_what_items_share_by_hand():
    matrix = shared_attributes(ROWS, 4)
    assert matrix.toarray().tolist() == [[1, 1], [0, 0], [1, 1], [0, 1]]
    assert matrix.dtype == np.float32


def test_owned_attributes_are_padded_by_the_number_of_attributes():
    assert owned_attributes(shared_attributes(ROWS, 4)).tolist() == [[0, 1], [2, 2], [0, 1], [1, 2], [2, 2]]


@pytest.mark.parametrize("rows", [[], [(0, "a"), (1, "b")]])
def test_nothing_shared_is_none_and_the_message_says_what_to_do(rows):
    assert shared_attributes(table(*rows), 3) is None
    with pytest.raises(BaselineError, match=r"FDSA needs item metadata.*dataset\.metadata"):
        needed_attributes(TrainingData([np.array([0])], None, 3), "FDSA")
