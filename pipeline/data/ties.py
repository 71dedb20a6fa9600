"""The order of a user's interactions that happened at the same time, where the source's own isn't taken."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.data.config import DatasetConfig
from pipeline.data.interactions import Interactions
from pipeline.data.p5 import holds_histories, read_histories
from pipeline.data.records import DatasetError, Faults
from pipeline.data.source import open_source


def given_order(config: DatasetConfig) -> Interactions | None:
    """Return the interactions of `dataset.tie_order`, None where it names none."""
    path = Path(config.tie_order)
    if not config.tie_order or (path.is_file() and not path.stat().st_size):
        return None
    if path.is_file() and holds_histories(path):
        # Its numbers are those of the maps beside it.
        return read_histories(path.parent, path)
    return open_source(path, "auto", iter, table=config.table).interactions(Faults(path, stop=True))


def order_ties(
    kept: Interactions, config: DatasetConfig, other: Interactions | None, rng: np.random.Generator
) -> Interactions:
    """Return the same interactions with the ranks that decide ties.

    They are those of `other`, the same interactions in another order: users whom it lacks keep the order of
    the source. Without it they are the source's, or with `ties: random` drawn from `rng`. Raises DatasetError
    where `other` lacks an interaction of a user whom it has, and for a random order without times.
    """
    if other is not None:
        if config.ties == "random":
            raise DatasetError(
                f"dataset.ties is random, and dataset.tie_order ({config.tie_order}) gives an order: set "
                "dataset.ties: file to take that order, or dataset.tie_order to an empty file"
            )
        return replace(kept, tie_ranks=_ranks(kept, other, config.tie_order))
    if config.ties == "file":
        return kept
    if kept.timestamps is None:
        raise DatasetError(
            f"{config.raw}: dataset.ties is random, but the source has no times: its order is all that is "
            "known of what came first; set dataset.ties: file"
        )
    return replace(kept, tie_ranks=rng.permutation(len(kept)))


def _ranks(kept: Interactions, other: Interactions, name: str) -> np.ndarray:
    """Return the place of each interaction in the histories of `other`, a source's own for other users."""
    places: dict[tuple[str, str], list[int]] = {}
    order = other.time_order()
    for place, (user, item) in enumerate(zip(other.users[order], other.items[order], strict=True)):
        places.setdefault((other.user_ids[user], other.item_ids[item]), []).append(place)
    known = set(other.user_ids)
    ranks = np.arange(len(kept), dtype=np.int64)
    # Repeats of a pair meet their places in order of time.
    for position in kept.time_order().tolist():
        user = kept.user_ids[kept.users[position]]
        item = kept.item_ids[kept.items[position]]
        if user in known:
            if not (found := places.get((user, item))):
                raise DatasetError(
                    f"dataset.tie_order ({name}): user {user} has no interaction with {item} there, or fewer "
                    "than in the source; wanted: the same interactions in another order"
                )
            ranks[position] = found.pop(0)
    return ranks
