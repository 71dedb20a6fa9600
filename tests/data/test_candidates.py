import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.candidates import draw_negatives
from pipeline.data.records import DatasetError
from tests.data.build import interactions

pairs = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 19)), min_size=1, max_size=60)


@given(pairs, st.integers(1, 20), st.integers(0, 99))
def test_negatives_are_distinct_and_outside_the_history(rows, count, seed):
    found = interactions([*rows, (0, 19)])
    seen = [
        {item for owner, item in [*rows, (0, 19)] if owner == user} for user in range(len(found.user_ids))
    ]
    if 20 - max(map(len, seen)) < count:
        with pytest.raises(DatasetError):
            draw_negatives(found, count, np.random.default_rng(seed))
        return
    negatives = draw_negatives(found, count, np.random.default_rng(seed))
    assert negatives.shape == (len(seen), count)
    for own, drawn in zip(seen, negatives.tolist(), strict=True):
        assert len(set(drawn)) == count
        assert not own & set(drawn)
        assert set(drawn) <= set(range(20))


def test_every_other_item_is_drawn_alike():
    # 4000 users who all saw items 0 and 1; 3 of the other 8 each: 1500 expected, standard deviation 31.
    found = interactions([(user, item) for user in range(4000) for item in (0, 1)] + [(0, 9)])
    negatives = draw_negatives(found, 3, np.random.default_rng(5))[1:]
    counts = np.bincount(negatives.ravel(), minlength=10)
    assert counts[:2].tolist() == [0, 0]
    assert np.abs(counts[2:] - 1500).max() < 150
    # The place in the list is no hint either.
    assert np.abs(np.bincount(negatives[:, 0], minlength=10)[2:] - 500).max() < 100


def test_too_few_items_name_the_user():
    found = interactions([(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (0, 5)])
    with pytest.raises(DatasetError) as caught:
        draw_negatives(found, 4, np.random.default_rng(0))
    assert str(caught.value).startswith(
        "user U000 has 3 items left they never interacted with (6 items, 3 in their history), 4 wanted"
    )
    assert draw_negatives(found, 3, np.random.default_rng(0)).shape == (2, 3)


def test_a_repeated_pair_counts_once():
    found = interactions([(0, 0), (0, 0), (0, 0), (0, 3)])
    assert sorted(draw_negatives(found, 2, np.random.default_rng(0))[0]) == [1, 2]


def test_memory_does_not_grow_with_the_catalogue():
    # A mark per user and item would be 200 MB.
    rows = np.arange(400)
    found = replace(interactions([(0, 0)] * 400), users=(rows // 2).astype(np.int32), rows=rows)
    found = replace(found, user_ids=["U"] * 200, item_ids=range(1_000_000))
    tracemalloc.start()
    negatives = draw_negatives(found, 5, np.random.default_rng(0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
    assert negatives.max() > 900_000
