"""Explanations of a P5 folder: `explanation.json` or `exp_splits.pkl`, lists of train, val and test."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.data.json_text import read_json_file
from pipeline.data.p5 import find, read_datamaps
from pipeline.data.records import DatasetError, encodable, shortened
from pipeline.data.restricted_pickle import load_plain
from pipeline.data.splits import SPLITS

_FILES = ("explanation.json", "exp_splits.pkl")
_SPLIT_KEYS = {"train": ("train",), "validation": ("val", "validation", "valid"), "test": ("test",)}
_USER_KEYS = ("user", "reviewerID")
_ITEM_KEYS = ("item", "asin")


@dataclass(frozen=True, slots=True)
class P5Explanation:
    """One ready-made explanation; `user_id` and `item_id` are raw ids, `split` as in `tables`."""

    user_id: str
    item_id: str
    explanation: str
    feature: str | None
    split: str


def read_p5_explanations(folder: Path) -> list[P5Explanation] | None:
    """Return the folder's explanations, or None where it has none.

    User and item may be raw ids or numbers of `datamaps.json`. Raises DatasetError naming file, list,
    position, value seen and value wanted.
    """
    path = next((found for name in _FILES if (found := find(folder, name))), None)
    if path is None:
        return None
    lists = _read(path)
    maps = read_datamaps(folder)
    users = _Names(maps.users, "id2user")
    items = _Names(maps.items, "id2item")
    return [
        _explanation(f"{path}, {split} record {number}", record, users, items, split)
        for split in SPLITS
        for number, record in enumerate(_split_list(path, lists, split), start=1)
    ]


def _read(path: Path) -> dict:
    lists = load_plain(path) if path.name.startswith("exp_splits.pkl") else read_json_file(path)
    if not isinstance(lists, dict):
        raise DatasetError(f"{path}: found {type(lists).__name__}, wanted lists by name: train, val, test")
    return lists


def _split_list(path: Path, lists: dict, split: str) -> list:
    found = next((lists[key] for key in _SPLIT_KEYS[split] if key in lists), None)
    if not isinstance(found, list):
        keys = shortened(sorted(key for key in lists if isinstance(key, str)))
        raise DatasetError(f"{path}: no list {' or '.join(_SPLIT_KEYS[split])}; it has {keys}")
    return found


class _Names:
    """Raw ids by raw id or by number."""

    def __init__(self, by_number: dict[str, str], name: str) -> None:
        self.name = name
        self._by_number = by_number
        self._raw = set(by_number.values())

    def resolve(self, value: Any) -> str | None:
        # A number longer than any row count isn't one, and Python refuses to write it out.
        if isinstance(value, bool) or (isinstance(value, int) and value.bit_length() > 64):
            return None
        text = str(value) if isinstance(value, str | int) else ""
        if not text:
            return None
        return text if text in self._raw else self._by_number.get(text)


def _explanation(where: str, record: Any, users: _Names, items: _Names, split: str) -> P5Explanation:
    if not isinstance(record, dict):
        raise DatasetError(f"{where}: found {shortened(record)}, wanted user, item, explanation, feature")
    text = record.get("explanation")
    feature = record.get("feature")
    if not isinstance(text, str) or not text.strip() or not encodable(text):
        raise DatasetError(f"{where}: explanation is {shortened(text)}, wanted a non-empty string")
    if feature is not None and not (isinstance(feature, str) and encodable(feature)):
        raise DatasetError(f"{where}: feature is {shortened(feature)}, wanted a string")
    user = _resolved(where, record, _USER_KEYS, users)
    return P5Explanation(user, _resolved(where, record, _ITEM_KEYS, items), text, feature, split)


def _resolved(where: str, record: dict, keys: tuple[str, ...], names: _Names) -> str:
    value = next((record[key] for key in keys if key in record), None)
    name = names.resolve(value)
    if name is None:
        raise DatasetError(
            f"{where}: {' or '.join(keys)} is {shortened(value)}, "
            f"wanted a number or a raw id of {names.name} in datamaps.json"
        )
    return name
