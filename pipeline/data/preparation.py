"""From a raw source to the kept interactions, with an account of what became of every record."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import tables
from pipeline.data.config import DatasetConfig
from pipeline.data.filtering import k_core, keep_one_per_pair, rated_from
from pipeline.data.interactions import Interactions
from pipeline.data.metadata import Item, Metadata, described_items, read_metadata
from pipeline.data.p5_explanations import P5Explanation
from pipeline.data.pseudonyms import UserNamer
from pipeline.data.records import DatasetError, Faults
from pipeline.data.removal import staying
from pipeline.data.room import check_room
from pipeline.data.splits import by_users, leave_one_out, users_in_time


def keep_interactions(
    read: Interactions,
    config: DatasetConfig,
    removed: Collection[str] = (),
    named: UserNamer = str,
    every_item: bool = False,
) -> tuple[Interactions, dict[str, int]]:
    """Return what stays after removed users, low ratings, duplicates and k-core, and what went by each.

    `removed` holds marks of users (`removal`); codes are in the order of raw item ids and of users as
    `named` in artifacts. With `every_item` items that nobody has stay, too. Raises DatasetError when nothing
    stays, or too little to be ranked.
    """
    if not len(read):
        raise DatasetError(
            f"{config.raw}: no good record; data/preprocessed/quarantine.jsonl tells of bad ones"
        )
    present = read.take(staying(read, removed))
    if not len(present):
        raise DatasetError(
            f"{config.raw}: all of {len(read)} interactions are of users on the list {config.removed_users}; "
            "take lines off it, or name another in dataset.removed_users"
        )
    liked = present.take(rated_from(present, config.lowest_rating))
    if not len(liked):
        highest = np.nanmax(np.array(present.ratings, dtype=np.float32))
        raise DatasetError(
            f"{config.raw}: none of {len(present)} interactions is rated {config.lowest_rating:g} or higher "
            f"(the highest rating is {highest:g}); lower dataset.lowest_rating"
        )
    single = liked.take(keep_one_per_pair(liked, config.duplicates))
    kept = single.take(k_core(single.users, single.items, config.core))
    check_room(single, kept, config)
    account = {
        "kept": len(kept),
        "filtered": len(single) - len(kept) + len(present) - len(liked),
        "duplicates": len(liked) - len(single),
        "removed": len(read) - len(present),
    }
    return kept.recoded(named, every_item), account


def item_metadata(listed: Sequence[Item] | None, config: DatasetConfig, item_ids: Sequence[str]) -> Metadata:
    """Return what is known of items: what the source's own list tells, else what `dataset.metadata` does."""
    if listed is None:
        path = Path(config.metadata) if config.metadata else None
        return read_metadata(path, item_ids, config.bad_records == "stop")
    faults = Faults(Path(config.raw), stop=True)
    faults.read = len(listed)
    return described_items(listed, item_ids, faults)


def split_of_users(kept: Interactions, config: DatasetConfig, given: np.ndarray | None) -> np.ndarray | None:
    """Return the split of each user [N], as the source has it or else by time; None where each is in all."""
    if config.split == "leave_one_out":
        return None
    return users_in_time(kept) if given is None else given


def prepared_tables(
    kept: Interactions,
    negatives: np.ndarray,
    explanations: Sequence[P5Explanation],
    named: UserNamer = str,
    split: np.ndarray | None = None,
) -> dict[str, tuple[pa.Schema, Mapping[str, Any]]]:
    """Return schema and columns of every table of the stage but the reviews, by file name.

    Args:
        kept: what stays.
        negatives: items per user [N, negatives].
        explanations: the source's own.
        named: turns raw user ids into those of the artifacts.
        split: in which split each user is [N]; None: each user's last items are held out.
    """
    users = np.arange(len(kept.user_ids))
    items = np.arange(len(kept.item_ids))
    parts = leave_one_out(kept) if split is None else by_users(kept, split)
    splits = {name: (tables.INTERACTIONS, columns) for name, columns in parts.items()}
    return {
        "users": (tables.USERS, {"user": users, "user_id": [named(one) for one in kept.user_ids]}),
        "items": (tables.ITEMS, {"item": items, "item_id": kept.item_ids}),
        **splits,
        "candidates": (tables.CANDIDATES, {"user": users, "negatives": negatives}),
        "p5_explanations": (tables.EXPLANATIONS, explanation_columns(explanations, kept)),
    }


def explanation_columns(explanations: Sequence[P5Explanation], kept: Interactions) -> dict[str, Any]:
    """Return the columns of `tables.EXPLANATIONS` for those on kept users and items, one a pair.

    The first of several on a pair stays (train before validation before test).
    """
    users = {name: code for code, name in enumerate(kept.user_ids)}
    items = {name: code for code, name in enumerate(kept.item_ids)}
    by_pair: dict[tuple[int, int], P5Explanation] = {}
    for one in _on_kept(explanations, kept):
        by_pair.setdefault((users[one.user_id], items[one.item_id]), one)
    pairs = sorted(by_pair)
    nothing: list[None] = [None] * len(pairs)
    return {
        "user": [user for user, _ in pairs],
        "item": [item for _, item in pairs],
        "row": nothing,
        "rating": nothing,
        "feature": [by_pair[pair].feature for pair in pairs],
        "opinion": nothing,
        "sentiment": nothing,
        "explanation": [by_pair[pair].explanation for pair in pairs],
        "split": [by_pair[pair].split for pair in pairs],
    }


def explanation_account(explanations: Sequence[P5Explanation], kept: Interactions) -> dict[str, int]:
    """Return how many explanations were given, and what became of them in `explanation_columns`."""
    inside = _on_kept(explanations, kept)
    pairs = len({(one.user_id, one.item_id) for one in inside})
    return {
        "given": len(explanations),
        "kept": pairs,
        "filtered": len(explanations) - len(inside),
        "duplicates": len(inside) - pairs,
    }


def _on_kept(explanations: Sequence[P5Explanation], kept: Interactions) -> list[P5Explanation]:
    users = set(kept.user_ids)
    items = set(kept.item_ids)
    return [one for one in explanations if one.user_id in users and one.item_id in items]
