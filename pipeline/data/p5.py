"""The already-processed format of P5, POD and OpenP5: a folder of histories, id maps and negatives.

Each file may be plain or gzipped, with or without `.gz` at the end of its name. OpenP5's histories name users
and items by their raw ids, so that it needs no maps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.data.delimited import SPACES, delimiter_of
from pipeline.data.interactions import Interactions
from pipeline.data.json_text import read_json_file
from pipeline.data.raw_lines import LONGEST_LINE, read_lines
from pipeline.data.records import DatasetError, encodable, shortened

HISTORIES = ("sequential_data.txt", "sequential.txt", "user_sequence.txt")
"""As P5, POD and OpenP5 call them."""
DATAMAPS = "datamaps.json"
NEGATIVES = ("negative_samples.txt", "negative.txt")
_LOOKED_AT = 100
_WIDEST_ROW = 4
"""User, item, rating and time: wider than a table in such a form."""


class AsWritten(dict[str, str]):
    """Ids that stand for themselves."""

    def __contains__(self, key: object) -> bool:
        """Any id is one."""
        return True

    def __missing__(self, key: str) -> str:
        """Return the id itself."""
        return key

    def get(self, key: str, default: Any = None) -> Any:
        """Return the id itself."""
        return key


@dataclass(frozen=True)
class Datamaps:
    """Raw ids of the folder's numbers (strings from "1")."""

    path: Path
    users: dict[str, str]
    items: dict[str, str]


def find(folder: Path, name: str) -> Path | None:
    """Return `name` in `folder`, or `name`.gz, or None."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _one_of(folder: Path, names: tuple[str, ...]) -> Path | None:
    paths = [path for name in names if (path := find(folder, name))]
    if len(paths) > 1:
        named = " and ".join(path.name for path in paths)
        raise DatasetError(f"{folder}: holds both {named}, which are two names of one file; take one away")
    return paths[0] if paths else None


def _needed(folder: Path, *names: str) -> Path:
    path = _one_of(folder, names)
    if path is None:
        raise DatasetError(
            f"{folder}: no {' or '.join(names)} (plain or .gz); a P5 folder holds {HISTORIES[0]} (of POD: "
            f"{HISTORIES[1]}) and {DATAMAPS}, or OpenP5's {HISTORIES[2]}; it may hold "
            f"{' or '.join(NEGATIVES)}, and explanation.json or exp_splits.pkl. Of other data name the file"
        )
    return path


def read_datamaps(folder: Path, histories: Path | None = None) -> Datamaps:
    """Read the id maps of a folder, or of one file of histories in it.

    Raises DatasetError when one is absent, not text to text, or not one to one.
    """
    histories = histories or _one_of(folder, HISTORIES)
    path = find(folder, DATAMAPS)
    if histories is not None and _as_written(histories, path is None):
        return Datamaps(histories, AsWritten(), AsWritten())
    path = path or _needed(folder, DATAMAPS)
    maps = read_json_file(path)
    if not isinstance(maps, dict):
        raise DatasetError(f"{path}: found {type(maps).__name__}, wanted an object with id2user and id2item")
    return Datamaps(path, _id_map(path, maps, "id2user"), _id_map(path, maps, "id2item"))


def _as_written(histories: Path, alone: bool) -> bool:
    name = histories.name.removesuffix(".gz")
    return name.startswith("user_sequence") or (alone and name not in HISTORIES)


def holds_histories(path: Path) -> bool:
    """Tell whether a file is one of histories: by its name, or by lines of so and so many ids."""
    if path.name.startswith(("user_sequence", "sequential")):
        return True
    lines = [line.decode("utf-8", errors="replace") for _, line in islice(read_lines(path), _LOOKED_AT)]
    lines = [line for line in lines if line.strip()]
    widths = {len(line.split()) for line in lines}
    return (
        len(widths) > 1 and max(widths) > _WIDEST_ROW and all(delimiter_of(line) == SPACES for line in lines)
    )


def histories_alone(path: Path) -> Path:
    """Return a file of histories that needs no other; raises DatasetError for one that needs maps."""
    if _as_written(path, find(path.parent, DATAMAPS) is None):
        return path
    raise DatasetError(f"{path}: one file of a P5 folder; dataset.raw must name the folder, {path.parent}")


def _id_map(path: Path, maps: dict, name: str) -> dict[str, str]:
    ids = maps.get(name)
    kind = name.removeprefix("id2")
    if ids is None and isinstance(given := maps.get(f"{kind}2id"), dict):
        ids = {str(number): raw for raw, number in given.items()}
        if len(ids) < len(given):
            raise DatasetError(f"{path}: {kind}2id gives one number to several ids, wanted one each")
    if not isinstance(ids, dict):
        raise DatasetError(f"{path}: {name} is {shortened(ids)}, wanted an object from number to raw id")
    owners: dict[str, str] = {}
    for number, raw in ids.items():
        if not isinstance(raw, str) or not raw.strip() or not encodable(raw):
            raise DatasetError(f"{path}: {name} {number[:80]} is {shortened(raw)}, wanted a non-empty string")
        if owners.setdefault(raw, number) != number:
            raise DatasetError(f"{path}: {name} gives {raw} to both {owners[raw]} and {number}")
    return ids


def read_histories(folder: Path, histories: Path | None = None) -> Interactions:
    """Read a folder's histories, or one file of them: without ratings and times.

    Rows count the interactions from 1. Raises DatasetError naming file and line for a user or item that the
    maps lack, or a user met twice.
    """
    maps = read_datamaps(folder, histories)
    path = histories or _needed(folder, *HISTORIES)
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
        try:
            numbers = content.decode("utf-8").split()
        except UnicodeDecodeError:
            raise DatasetError(
                f"{path}, line {line}: found {shortened(content)}, wanted UTF-8 text"
            ) from None
        if not numbers:
            continue
        user = numbers[0]
        history = numbers[1:]
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
    """Return the first `count` negatives of each user [N, count] from the folder's file, None without.

    Raises DatasetError naming file, line and user when a line has too few distinct negatives, or one that
    filtering removed or that is in the user's history; and when a user has no line.
    """
    path = _one_of(folder, NEGATIVES)
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
