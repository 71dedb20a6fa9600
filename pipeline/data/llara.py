"""The example files of LLaRA: one folder per data set, ids from 0 in the order of its titles.

A folder holds `id2name.txt` (lines `id::name`) or MovieLens's `u.item`; `llara_val.jsonl` and
`llara_test.jsonl`, an example a line, `{"seq": [1, 5], "len_seq": 2, "next": 7}`; and for training whole
sequences, `llara_train_sequences.jsonl` with lines `{"items": [1, 5, 7]}`, or examples again,
`llara_train*.jsonl`. Each may be gzipped. The authors have the examples as pickled tables, with `seq` filled
up at the end with the number of items: that is read as well as a shorter list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.artifacts import write_table
from pipeline.data.interactions import Interactions
from pipeline.data.json_text import parse_json
from pipeline.data.metadata import Item, read_titles
from pipeline.data.next_items import NextItems, every_item, joined
from pipeline.data.p5 import find
from pipeline.data.p5_explanations import P5Explanation
from pipeline.data.raw_lines import read_lines
from pipeline.data.records import DatasetError, Faults, shortened
from pipeline.data.text_statistics import TextStatistics
from pipeline.tables import REVIEWS

HISTORY = 10
"""Most items before the next one."""
_EXAMPLES = {"validation": "llara_val.jsonl", "test": "llara_test.jsonl"}
_SEQUENCES = "llara_train_sequences.jsonl"
_TITLES = ("id2name.txt", "u.item")


@dataclass(frozen=True)
class LlaraFiles:
    """What a folder holds.

    Attributes:
        titles: as they are written there, "" where there is none [I].
        examples: by split, of train all prefixes.
        sequences: by split, of each user (where there are only examples of each example) all items.
    """

    titles: list[str]
    examples: dict[str, NextItems]
    sequences: dict[str, list[np.ndarray]]


def read_llara(folder: Path) -> LlaraFiles:
    """Read a folder of LLaRA's; raises DatasetError naming file, line and field of the first fault."""
    titles = _titles(folder)
    found = {}
    sequences = {}
    if path := find(folder, _SEQUENCES):
        items = [_items(place, "items", fields, len(titles)) for place, fields in _lines(path)]
        sequences["train"] = items
        found["train"] = every_item(joined(items), HISTORY)
    else:
        found["train"] = _examples(_train_examples(folder), len(titles))
        sequences["train"] = _whole(found["train"])
    for split, name in _EXAMPLES.items():
        found[split] = _examples(_needed(folder, name), len(titles))
        sequences[split] = _whole(found[split])
    return LlaraFiles(titles, found, sequences)


def holds_examples(folder: Path) -> bool:
    """Tell whether a folder is one of LLaRA's."""
    return find(folder, _EXAMPLES["test"]) is not None


class LlaraSource:
    """A folder of LLaRA's as a raw source: its items by number, and a user per sequence or example."""

    format = "llara"

    def __init__(self, folder: Path) -> None:
        self.columns: dict[str, str] = {}
        self._files = read_llara(folder)

    def interactions(self, faults: Faults) -> Interactions:
        """Return the items of all sequences; a folder with a fault has been refused before."""
        sequences = self._files.sequences
        users = [f"{split}_{row:06}" for split in sequences for row in range(1, len(sequences[split]) + 1)]
        items = [one for some in sequences.values() for one in some]
        every = joined(items)
        faults.read += len(every.items)
        return Interactions(
            users=np.repeat(np.arange(len(items), dtype=np.int32), every.lengths()),
            items=every.items,
            rows=np.arange(1, len(every.items) + 1, dtype=np.int64),
            ratings=None,
            timestamps=None,
            user_ids=users,
            item_ids=[str(item) for item in range(len(self._files.titles))],
        )

    def write_reviews(self, path: Path, kept: Interactions) -> TextStatistics:
        """Write no reviews: there are no texts."""
        write_table(path, REVIEWS, {name: [] for name in REVIEWS.names})
        return TextStatistics()

    def negatives(self, kept: Interactions, count: int) -> None:
        """LLaRA draws candidates anew whenever it asks."""

    def explanations(self) -> list[P5Explanation]:
        """There are no explanations."""
        return []

    def user_split(self, kept: Interactions) -> np.ndarray:
        """Return in which file each user is [N]."""
        return np.array([name.partition("_")[0] for name in kept.user_ids], dtype=object)

    def items(self) -> list[Item]:
        """Return every item with its title."""
        return [Item(str(item), title.strip(), (), "") for item, title in enumerate(self._files.titles)]


def _whole(examples: NextItems) -> list[np.ndarray]:
    """Return each item behind those before it, int32."""
    return [np.append(examples.histories[one], examples.targets[one]) for one in range(len(examples))]


def _needed(folder: Path, name: str) -> Path:
    if path := find(folder, name):
        return path
    raise DatasetError(
        f"{folder}: no {name} (plain or .gz); a folder of LLaRA's holds {' or '.join(_TITLES)}, "
        f"{' and '.join(_EXAMPLES.values())}, and {_SEQUENCES} or another llara_train*.jsonl"
    )


def _train_examples(folder: Path) -> Path:
    paths = sorted(folder.glob("llara_train*.jsonl*"))
    return paths[0] if paths else _needed(folder, _SEQUENCES)


def _titles(folder: Path) -> list[str]:
    if path := find(folder, "u.item"):
        by_id = {int(number) - 1: title for number, title in read_titles(path).items()}
    else:
        path = _needed(folder, _TITLES[0])
        by_id = {}
        for row, line in read_lines(path):
            number, divider, title = line.decode("utf-8", errors="replace").strip("\r\n").partition("::")
            if not divider or not number.isdecimal() or int(number) in by_id:
                raise DatasetError(
                    f"{path}, line {row}: found {shortened(line)}, wanted id::name, each id once"
                )
            by_id[int(number)] = title
    if sorted(by_id) != list(range(len(by_id))):
        missing = min(set(range(len(by_id))) - set(by_id))
        raise DatasetError(
            f"{path}: ids of {len(by_id)} items lack {missing}, counted from 0; no gaps wanted"
        )
    return [by_id[number] for number in range(len(by_id))]


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for row, line in read_lines(path):
        try:
            fields = parse_json(line.decode("utf-8"))
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            raise DatasetError(f"{path}, line {row}: found {shortened(line)}, wanted a JSON object")
        yield f"{path}, line {row}", fields


def _examples(path: Path, items: int) -> NextItems:
    histories = []
    targets = []
    for place, fields in _lines(path):
        history = _items(place, "seq", fields, items, padded=True)
        counted = fields.get("len_seq", max(1, len(history)))
        # The authors count 1 for an empty history.
        if counted != max(1, len(history)):
            raise DatasetError(f"{place}: len_seq is {shortened(counted)}, seq has {len(history)} items")
        histories.append(history)
        targets += _items(place, "next", {"next": [fields.get("next")]}, items).tolist()
    users = np.arange(len(targets), dtype=np.int32)
    return NextItems(joined(histories), np.array(targets, dtype=np.int32), users)


def _items(place: str, name: str, fields: dict[str, Any], items: int, padded: bool = False) -> np.ndarray:
    found = fields.get(name)
    if isinstance(found, list) and padded:
        while found and found[-1] == items:
            found = found[:-1]
    if not isinstance(found, list) or not all(type(one) is int and 0 <= one < items for one in found):
        raise DatasetError(f"{place}: {name} is {shortened(found)}, wanted item ids from 0 to {items - 1}")
    return np.array(found, dtype=np.int32)
