import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.groups import thirds


def bounds(values):
    return {
        name: (one.smallest, one.largest, int(one.members.sum()))
        for name, one in thirds(np.array(values)).items()
    }


def test_by_hand():
    assert bounds([1, 2, 3, 4, 5, 6]) == {"low": (1, 2, 2), "middle": (3, 4, 2), "high": (5, 6, 2)}
    # Equal numbers stay together.
    assert bounds([3, 3, 3, 3, 4, 9]) == {"low": (3, 3, 4), "high": (4, 9, 2)}
    assert bounds([5, 5]) == {"low": (5, 5, 2)}


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40))
def test_everybody_is_in_one_group_and_groups_ascend(values):
    groups = list(thirds(np.array(values)).values())
    assert (sum(one.members.astype(int) for one in groups) == 1).all()
    ends = [end for one in groups for end in (one.smallest, one.largest)]
    assert ends == sorted(ends)
