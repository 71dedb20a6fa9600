"""Room for ranking: two users or more, each with items left to be negatives; what to set where it lacks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.data.config import DatasetConfig
from pipeline.data.filtering import k_core
from pipeline.data.interactions import Interactions
from pipeline.data.records import DatasetError


@dataclass(frozen=True)
class Room:
    """What stays of a dataset after the k-core.

    Attributes:
        core: k.
        users, items: how many there are.
        negatives: items that every user has left, those never interacted with.
        fullest: code of the user who has fewest left, -1 where there are no users.
    """

    core: int
    users: int
    items: int
    negatives: int
    fullest: int = -1

    @property
    def any(self) -> bool:
        """Tell whether top-n can rank anything: with one user there is nobody to be similar to."""
        return self.users > 1 and self.negatives > 0


def room_after(interactions: Interactions, core: int) -> Room:
    """Return what room there is after the `core`-core."""
    mask = k_core(interactions.users, interactions.items, core)
    if not mask.any():
        return Room(core, 0, 0, 0)
    width = np.int64(len(interactions.item_ids))
    pairs = np.unique(interactions.users[mask] * width + interactions.items[mask])
    owners, seen = np.unique(pairs // width, return_counts=True)
    items = len(np.unique(pairs % width))
    fullest = int(seen.argmax())
    return Room(core, len(owners), items, items - int(seen[fullest]), int(owners[fullest]))


def check_room(single: Interactions, kept: Interactions, config: DatasetConfig) -> None:
    """Raise DatasetError where what is `kept` of the `single` interactions by the k-core can't be ranked."""
    if len(kept):
        users = np.bincount(kept.users)
        items = np.bincount(kept.items)
        if np.count_nonzero(users) > 1 and np.count_nonzero(items) - users.max() >= config.negatives:
            return
    room = room_after(single, config.core)
    if room.any and room.negatives >= config.negatives:
        return
    left = f"none of {len(single)} interactions is left after the {config.core}-core"
    if room.users:
        left = (
            f"{room.users} user(s) and {room.items} items are left after the {config.core}-core, of which "
            f"user {single.user_ids[room.fullest]} has {room.negatives} never interacted with; "
            f"dataset.negatives is {config.negatives}"
        )
    raise DatasetError(f"{config.raw}: {left}: {remedy(single, config)}")


def remedy(single: Interactions, config: DatasetConfig) -> str:
    """Say which settings make room for ranking in place of `config`'s, or why none do.

    `single` are the interactions before the k-core.
    """
    # No user or item is in a larger core than it has interactions.
    largest = min(config.core, int(max(np.bincount(single.users).max(), np.bincount(single.items).max())))
    now = room_after(single, config.core)
    smaller = [room_after(single, core) for core in range(min(largest, config.core - 1), -1, -1)]
    possible = list(_possible(now, smaller, config.negatives))
    return f"set {', or '.join(possible)}" if possible else _obstacle(single)


def _possible(now: Room, smaller: list[Room], wanted: int) -> Iterator[str]:
    if now.any:
        yield _negatives(now)
    enough = next((room for room in smaller if room.any and room.negatives >= wanted), None)
    most = max(smaller, key=lambda room: room.any * room.negatives, default=now)
    if enough:
        yield f"dataset.core to {enough.core}, which leaves {enough.users} users and {enough.items} items"
    elif most.any and most.negatives > now.any * now.negatives:
        yield f"dataset.core to {most.core} and {_negatives(most)}"


def _negatives(room: Room) -> str:
    most = room.negatives
    return f"dataset.negatives to at most {most} (evaluation.topn_cutoffs then to at most {most + 1})"


def _obstacle(single: Interactions) -> str:
    """Say who or what is in the way whatever the settings."""
    room = room_after(single, 0)
    if room.users == 0:
        return "no user has 3 interactions, which leave-one-out needs: more reviews are wanted"
    if room.users == 1:
        return f"one user ({single.user_ids[room.fullest]}) can't be ranked: reviews of more users are wanted"
    user = single.user_ids[room.fullest]
    others = single.take(single.users != room.fullest)
    if room_after(others, 0).any:
        return f"user {user} is in the way: python -m tools.remove_user {user} leaves them out"
    return f"users like {user} have interacted with all of the {room.items} items: more items are wanted"
