"""Item metadata: title, categories and brand of each item, as Amazon released them or as a table.

Amazon's files of 2014, 2018 and 2023 have one object a line, JSON or (2014) a Python literal, read as reviews
are; a table is TSV or CSV (`metadata_tables`), or a file of MovieLens (`movielens`). Each may be gzipped.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.data.amazon import parse_line
from pipeline.data.metadata_tables import Header, table_header
from pipeline.data.mistaken import other_kind
from pipeline.data.movielens import Movies, movies
from pipeline.data.raw_lines import read_lines
from pipeline.data.records import BadRecordError, DatasetError, Faults, encodable

MOST_CATEGORIES = 256
"""Of one item; real ones have up to a few dozen."""
_ITEM = ("parent_asin", "asin")
_TITLE = ("title",)
# Of 2023 and 2014; of MovieLens; of 2018.
_CATEGORIES = ("categories", "genres", "category")
# Of 2014 and 2018; of 2023.
_BRAND = ("brand", "store")
_NO_GENRES = "(no genres listed)"


@dataclass(frozen=True)
class Item:
    """What one record tells: `categories` each once, in the record's order; "" where there is no text."""

    item_id: str
    title: str
    categories: tuple[str, ...]
    brand: str

    @property
    def attributes(self) -> set[str]:
        """What items can share, as `category: Guitars` and `brand: Fender`."""
        brand = {f"brand: {self.brand}"} if self.brand else set()
        return {f"category: {one}" for one in self.categories} | brand


@dataclass(frozen=True)
class Metadata:
    """What the file says of the items asked for.

    Attributes:
        attributes: columns of the schema ATTRIBUTES.
        texts: columns of the schema ITEM_TEXTS.
        account: what `metrics/dataset.json` says: records read and what became of them (read =
            items_described + repeated + without_attributes + of_other_items + quarantined), attributes.
    """

    attributes: dict[str, list[Any]]
    texts: dict[str, list[Any]]
    account: dict[str, Any]


def read_metadata(path: Path | None, item_ids: Sequence[str], stop: bool) -> Metadata:
    """Return what is known of the items (by place in `item_ids`); nothing without a file or of an empty one.

    Of several records of an item the first counts that tells something. Bad records stop or are counted, by
    their reasons. Raises DatasetError when there is no such file, and when none of its records describes one
    of the items.
    """
    faults = Faults(path or Path(), stop)
    found = described_items(_records(path, faults) if path else (), item_ids, faults)
    if faults.read and not found.texts["item"]:
        raise DatasetError(
            f"{path}: none of {faults.read} records tells title, categories or brand of an item of the "
            f"reviews (bad records: {dict(faults.reasons) or 'none'}); dataset.metadata must name the "
            f"metadata of the same items, by the same ids, as {item_ids[0]!r}"
        )
    return found


def described_items(items: Iterable[Item], item_ids: Sequence[str], faults: Faults) -> Metadata:
    """Return what `items` tell of those of `item_ids`, and of `faults` how many there were."""
    codes = {item_id: code for code, item_id in enumerate(item_ids)}
    described: dict[int, Item] = {}
    left_out = Counter[str](repeated=0, without_attributes=0, of_other_items=0)
    for item in items:
        if item.item_id not in codes:
            left_out["of_other_items"] += 1
        elif not (item.title or item.attributes):
            left_out["without_attributes"] += 1
        elif codes[item.item_id] in described:
            left_out["repeated"] += 1
        else:
            described[codes[item.item_id]] = item
    owned = [
        (code, attribute) for code in sorted(described) for attribute in sorted(described[code].attributes)
    ]
    account = {
        "read": faults.read,
        "quarantined": faults.reasons.total(),
        "quarantined_by_reason": dict(faults.reasons),
        "items_described": len(described),
        **left_out,
        "attributes": len({attribute for _, attribute in owned}),
    }
    attributes: dict[str, list[Any]] = {
        "item": [code for code, _ in owned],
        "attribute": [name for _, name in owned],
    }
    return Metadata(attributes, _texts(described), account)


def read_titles(path: Path) -> dict[str, str]:
    """Return the title of each item of a file by raw id; raises DatasetError at the first bad record."""
    return {item.item_id: item.title for item in _records(path, Faults(path, stop=True))}


def _texts(described: dict[int, Item]) -> dict[str, list[Any]]:
    codes = sorted(described)
    return {
        "item": codes,
        "title": [described[code].title or None for code in codes],
        "categories": [described[code].categories for code in codes],
        "brand": [described[code].brand or None for code in codes],
    }


def _records(path: Path, faults: Faults) -> Iterator[Item]:
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; dataset.metadata must name a metadata file, or be empty")
    lines = ((row, line) for row, line in read_lines(path) if not line.isspace())
    row, first = next(lines, (0, b""))
    if kind := other_kind(first):
        raise DatasetError(f"{path}: looks like {kind}. Wanted: one JSON object a line, or a table")
    unnamed = movies(first)
    header = unnamed or table_header(path, first)
    named = header is not None and unnamed is None
    records = lines if named or not first else chain([(row, first)], lines)
    for row, line in records:
        faults.read += 1
        try:
            yield _item(row, line, header)
        except BadRecordError as error:
            faults.add(row, error)


def _item(row: int, line: bytes, header: Header | Movies | None) -> Item:
    if header is None:
        return to_item(parse_line(row, line))
    return to_item(header.fields(line), (header.id_column,))


def to_item(fields: dict[str, Any], ids: tuple[str, ...] = _ITEM) -> Item:
    """Return what one record tells, its id in the first of `ids` that says something.

    Raises BadRecordError naming the field, its value and what is wanted.
    """
    name, item_id = _given(fields, ids)
    if not isinstance(item_id, str) or not item_id.strip():
        raise BadRecordError(f"{name}: no id", item_id, "a non-empty string")
    categories = tuple(dict.fromkeys(_categories(*_given(fields, _CATEGORIES))))
    if len(categories) > MOST_CATEGORIES:
        raise BadRecordError("categories: too many", len(categories), f"at most {MOST_CATEGORIES} an item")
    title, brand = (_optional_text(*_given(fields, names)) for names in (_TITLE, _BRAND))
    return Item(item_id, title, categories, brand)


def _given(fields: dict[str, Any], names: tuple[str, ...]) -> tuple[str, Any]:
    """Return the first of `names` that says something, with its value; the last where none does."""
    name = next((name for name in names if fields.get(name) not in (None, "", [])), names[-1])
    return name, fields.get(name)


def _categories(name: str, value: Any) -> Iterator[str]:
    """Yield the categories of a list, or of lists in a list: the paths of a tree in 2014."""
    if not (value is None or isinstance(value, list)):
        raise BadRecordError(f"{name}: wrong type", value, "a list of strings, or of lists of strings")
    for entry in value or []:
        for one in entry if isinstance(entry, list) else [entry]:
            if (text := _text(name, one)) and text != _NO_GENRES:
                yield text


def _optional_text(name: str, value: Any) -> str:
    return "" if value in (None, []) else _text(name, value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadRecordError(f"{name}: wrong type", value, "a string")
    if not encodable(value):
        raise BadRecordError(f"{name}: not UTF-8", value, "text without lone surrogates")
    return value.strip()
