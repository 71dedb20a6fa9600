"""From a raw source to the kept interactions, with an account of what became of every record."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline import tables
from pipeline.data.config import DatasetConfig
from pipeline.data.filtering import k_core, keep_one_per_pair
from pipeline.data.interactions import Interactions
from pipeline.data.p5_explanations import P5Explanation
from pipeline.data.pseudonyms import UserNamer
from pipeline.data.records import DatasetError
from pipeline.data.removal import staying
from pipeline.data.room import check_room
from pipeline.data.splits import leave_one_out


def keep_interactions(
    read: Interactions, config: DatasetConfig, removed: Collection[str] = (), named: UserNamer = str
) -> tuple[Interactions, dict[str, int]]:
    """Return what stays after removed users, duplicates and k-core, and what went by each.

    `removed` holds marks of users (`removal`); codes are in the order of raw item ids and of users as
    `named` in artifacts. Raises DatasetError when nothing stays, or too little to be
    ranked.
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
    single = present.take(keep_one_per_pair(present, config.duplicates))
    kept = single.take(k_core(single.users, single.items, config.core))
    check_room(single, kept, config)
    account = {
        "kept": len(kept),
        "filtered": len(single) - len(kept),
        "duplicates": len(present) - len(single),
        "removed": len(read) - len(present),
    }
    return kept.recoded(named), account


def prepared_tables(
    kept: Interactions, negatives: np.ndarray, explanations: Sequence[P5Explanation], named: UserNamer = str
) -> dict[str, tuple[pa.Schema, Mapping[str, Any]]]:
    """Return schema and columns of every table of the stage but the reviews, by file name.

    `negatives` are items per user [N, negatives]; `named` turns raw user ids into those of the artifacts.
    """
    users = np.arange(len(kept.user_ids))
    items = np.arange(len(kept.item_ids))
    splits = {name: (tables.INTERACTIONS, columns) for name, columns in leave_one_out(kept).items()}
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
