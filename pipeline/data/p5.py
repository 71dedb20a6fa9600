"""The already-processed format of P5 and POD: a folder of histories, id maps and negatives.

Each file may be plain or gzipped, with or without `.gz` at the end of its name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.data.interactions import Interactions
from pipeline.data.json_text import read_json_file
from pipeline.data.raw_lines import LONGEST_LINE, read_lines
from pipeline.data.records import DatasetError, encodable, shortened

HISTORIES = "sequential_data.txt"
DATAMAPS = "datamaps.json"
NEGATIVES = "negative_samples.txt"


@dataclass(frozen=True)
class Datamaps:
    """Raw ids of the folder's numbers (strings from "1")."""

    path: Path
    users: dict[str, str]
    items: dict[str, str]


def find(folder: Path, name: str) -> Path | None:
    """Return `name` in `folder`, or `name`.gz, or None."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _needed(folder: Path, name: str) -> Path:
    path = find(folder, name)
    if path is None:
        raise DatasetError(
            f"{folder}: no {name} (or {name}.gz); a P5 folder holds {HISTORIES} and {DATAMAPS}, "
            f"and may hold {NEGATIVES} and explanation.json or exp_splits.pkl"
        )
    return path


def read_datamaps(folder: Path) -> Datamaps:
    """Read the id maps; raises DatasetError when one is absent, not text to text, or not one to one."""
    path = _needed(folder, DATAMAPS)
    maps = read_json_file(path)
    if not isinstance(maps, dict):
        raise DatasetError(f"{path}: found {type(maps).__name__}, wanted an object with id2user and id2item")
    return Datamaps(path, _id_map(path, maps, "id2user"), _id_map(path, maps, "id2item"))


def _id_map(path: Path, maps: dict, name: str) -> dict[str, str]:
    ids = maps.get(name)
    if not isinstance(ids, dict):
        raise DatasetError(f"{path}: {name} is {shortened(ids)}, wanted an object from number to raw id")
    owners: dict[str, str] = {}
    for number, raw in ids.items():
        if not isinstance(raw, str) or not raw.strip() or not encodable(raw):
            raise DatasetError(f"{path}: {name} {number[:80]} is {shortened(raw)}, wanted a non-empty string")
        if owners.setdefault(raw, number) != number:
            raise DatasetError(f"{path}: {name} gives {raw} to both {owners[raw]} and {number}")
    return ids


def read_histories(folder: Path) -> Interactions:
    """Read `sequential_data.txt`: without ratings and times, rows counting the interactions from 1.

    Raises DatasetError naming file and line for a user or item that the maps lack, or a user met twice.
    """
    maps = read_datamaps(folder)
    path = _needed(folder, HISTORIES)
    user_codes: dict[str, int] = {}
    item_codes: dict[str, int] = {}
    users: list[int] = []
    items: list[int] = []
    for line, user, history in _entries(path, maps):
        if user in user_codes:
            raise DatasetError(f"{path}, line {line}: user {user} has a line already, wanted one line a user")
        code = user_codes.setdefault(user, len(user_codes))
        users += [code] * len(history)
        items += [item_codes.setdefault(item, len(item_codes)) for item in history]
    return Interactions(
        users=np.array(users, dtype=np.int32),
        items=np.array(items, dtype=np.int32),
        rows=np.arange(1, len(users) + 1, dtype=np.int64),
        ratings=None,
        timestamps=None,
        user_ids=[maps.users[user] for user in user_codes],
        item_ids=[maps.items[item] for item in item_codes],
    )


def _entries(path: Path, maps: Datamaps) -> Iterator[tuple[int, str, list[str]]]:
    """Line number, user number and item numbers of each line, all of them known to the maps."""
    for line, content in read_lines(path):
        if len(content) > LONGEST_LINE:
            raise DatasetError(f"{path}, line {line}: longer than {LONGEST_LINE} bytes")
        numbers = content.decode("utf-8", errors="replace").split()
        if not numbers:
            continue
        user, history = numbers[0], numbers[1:]
        if not history:
            raise DatasetError(
                f"{path}, line {line}: user {user[:80]} without items, wanted: user item item ..."
            )
        if user not in maps.users:
            raise DatasetError(
                f"{path}, line {line}: user {shortened(user)} is not in id2user of {maps.path}"
            )
        for item in history:
            if item not in maps.items:
                raise DatasetError(
                    f"{path}, line {line}: item {shortened(item)} is not in id2item of {maps.path}"
                )
        yield line, user, history


def read_negatives(folder: Path, interactions: Interactions, count: int) -> np.ndarray | None:
    """Return the first `count` negatives of each user [N, count] from `negative_samples.txt`, None without.

    Raises DatasetError naming file, line and user when a line has too few distinct negatives, or one that
    filtering removed or that is in the user's history; and when a user has no line.
    """
    path = find(folder, NEGATIVES)
    if path is None:
        return None
    maps = read_datamaps(folder)
    user_codes = {name: code for code, name in enumerate(interactions.user_ids)}
    item_codes = {name: code for code, name in enumerate(interactions.item_ids)}
    pairs = np.unique(interactions.users.astype(np.int64) * len(item_codes) + interactions.items)
    negatives = np.full((len(user_codes), count), -1, dtype=np.int32)
    for line, user, numbers in _entries(path, maps):
        code = user_codes.get(maps.users[user])
        if code is None:
            continue
        names = [maps.items[number] for number in dict.fromkeys(numbers)]
        where = f"{path}, line {line}: user {user}"
        if len(names) < count:
            raise DatasetError(
                f"{where} has {len(names)} distinct negatives, dataset.negatives wants {count}: take "
                f"{path.name} away to have negatives drawn, or lower dataset.negatives"
            )
        unknown = [name for name in names[:count] if name not in item_codes]
        if unknown:
            raise DatasetError(
                f"{where} has the negative {unknown[0]}, which is in no kept history: take {path.name} "
                "away to have negatives drawn; a smaller dataset.core may keep the item"
            )
        negatives[code] = [item_codes[name] for name in names[:count]]
        if np.isin(code * np.int64(len(item_codes)) + negatives[code], pairs).any():
            raise DatasetError(
                f"{where} has a negative that is in the user's own history; take {path.name} away to have "
                "negatives drawn"
            )
    missing = np.flatnonzero(negatives[:, 0] < 0)
    if len(missing):
        raise DatasetError(
            f"{path}: no line for user {interactions.user_ids[missing[0]]} ({len(missing)} such users); take "
            "the file away to have negatives drawn"
        )
    return negatives
