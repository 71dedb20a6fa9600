"""Too little to rank is refused with what works instead; every advice is followed."""

import re

import numpy as np
import pytest

from pipeline.data.preparation import keep_interactions
from pipeline.data.records import DatasetError
from pipeline.data.room import Room, room_after
from tests.data.build import interactions
from tests.data.test_preparation import config

RING = [(user, (user + step) % 12) for user in range(12) for step in range(4)]
"""Each of 12 users has 4 of 12 items, each item 4 users: 8 items are left for everybody."""


def refused(pairs, **changes):
    with pytest.raises(DatasetError) as caught:
        keep_interactions(interactions(pairs), config(**changes))
    return str(caught.value)


def test_the_room_of_a_ring_by_hand():
    assert room_after(interactions(RING), 4) == Room(4, 12, 12, 8, 0)
    assert room_after(interactions(RING), 5) == Room(5, 0, 0, 0)
    # User 3 takes a fifth item, and one of it again.
    assert room_after(interactions([*RING, (3, 0), (3, 0)]), 0) == Room(0, 12, 12, 7, 3)


def test_as_many_negatives_as_there_are():
    kept, _ = keep_interactions(interactions(RING), config(core=4, negatives=8))
    assert len(kept) == 48


@pytest.mark.parametrize(
    ("pairs", "changes", "message"),
    [
        (
            RING,
            {"core": 4, "negatives": 9},
            "12 user(s) and 12 items are left after the 4-core, of which user U000 has 8 never interacted "
            "with; dataset.negatives is 9: set dataset.negatives to at most 8",
        ),
        (
            RING,
            {"core": 9, "negatives": 8},
            "none of 48 interactions is left after the 9-core: set dataset.core to 4,",
        ),
        (
            RING,
            {"core": 9, "negatives": 99},
            "is left after the 9-core: set dataset.core to 4 and dataset.negatives to at most 8",
        ),
        # Four users with the same four items, and 12 with items of their own.
        (
            [(user, item) for user in range(4) for item in range(4)]
            + [(user, 4 * user + item) for user in range(4, 16) for item in range(3)],
            {"core": 4, "negatives": 50},
            "4 user(s) and 4 items are left after the 4-core, of which user U000 has 0 never interacted "
            "with; dataset.negatives is 50: set dataset.core to 1 and dataset.negatives to at most 36",
        ),
        # As of a catalogue that everybody has but for two items.
        (
            [(user, (user + step) % 5) for user in range(5) for step in range(3)],
            {"core": 2, "negatives": 99},
            "at most 2",
        ),
    ],
)
def test_what_is_advised_works(pairs, changes, message):
    told = refused(pairs, **changes)
    assert told.startswith("raw.json: ")
    assert message in told
    for way in told.split(": set ")[1].split(", or "):
        advised = {
            name: int(value) for name, value in re.findall(r"dataset\.(\w+) to (?:at most )?(\d+)", way)
        }
        assert advised
        kept, _ = keep_interactions(interactions(pairs), config(**changes | advised))
        assert len(kept)
        if "negatives" in advised:
            # One more would be too many.
            more = {"negatives": advised["negatives"] + 1}
            refused(pairs, **changes | advised | more)


def test_one_user_cannot_be_ranked():
    told = refused([(0, item) for item in range(10)], core=0, negatives=99)
    assert "1 user(s) and 10 items are left after the 0-core" in told
    assert told.endswith("one user (U000) can't be ranked: reviews of more users are wanted")
    assert "at most" not in told


def test_one_user_left_by_the_core():
    # User 0 has a repeat of each of 4 items; 2 others have 3 items.
    pairs = [(0, item) for item in range(4)] * 4 + [(1, 4), (1, 5), (1, 6), (2, 6), (2, 7), (2, 0)]
    told = refused(pairs, core=4, duplicates="all", negatives=2)
    assert "1 user(s) and 4 items are left after the 4-core" in told
    assert told.endswith("set dataset.core to 1, which leaves 3 users and 8 items")
    kept, _ = keep_interactions(interactions(pairs), config(core=1, duplicates="all", negatives=2))
    assert len(kept.user_ids) == 3


def test_a_user_who_has_everything_is_named():
    pairs = [(0, item) for item in range(6)] + [(1, 0), (1, 1), (1, 2), (2, 3), (2, 4), (2, 5)]
    told = refused(pairs, core=0)
    assert "user U000 is in the way: python -m tools.remove_user U000 leaves them out" in told
    assert "at most" not in told
    kept, _ = keep_interactions(interactions([pair for pair in pairs if pair[0]]), config(core=0))
    assert kept.user_ids == ["U001", "U002"]


def test_everybody_has_everything():
    told = refused([(user, item) for user in range(3) for item in range(3)], core=0)
    assert told.endswith("users like U000 have interacted with all of the 3 items: more items are wanted")


def test_nobody_has_three():
    told = refused([(0, 0), (0, 1), (1, 0), (1, 1)], core=0)
    assert "none of 4 interactions is left after the 0-core: no user has 3 interactions" in told


def test_all_users_removed_is_not_the_cores_fault():
    from pipeline.data.removal import removal_mark

    found = interactions(RING)
    with pytest.raises(
        DatasetError, match=r"all of 48 interactions are of users on the list data/removed\.txt"
    ):
        keep_interactions(
            found,
            config(core=4, removed_users="data/removed.txt"),
            {removal_mark(one) for one in found.user_ids},
        )


def test_a_core_beyond_all_counts_ends():
    assert "set dataset.core to 4" in refused(RING, core=2**31 - 1, negatives=1)


def test_room_and_negatives_agree():
    from pipeline.data.candidates import draw_negatives

    rng = np.random.default_rng(3)
    for _ in range(20):
        pairs = [(int(user), int(item)) for user, item in rng.integers(0, 9, (60, 2))]
        found = interactions(pairs)
        room = room_after(found, 0)
        kept = found.take(np.isin(found.users, np.flatnonzero(np.bincount(found.users) > 2))).recoded()
        if room.negatives:
            assert draw_negatives(kept, room.negatives, rng).shape[1] == room.negatives
        with pytest.raises(DatasetError):
            draw_negatives(kept, room.negatives + 1, rng)
