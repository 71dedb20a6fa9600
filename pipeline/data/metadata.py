"""Item metadata as Amazon released it in 2014, 2018 and 2023: the categories and the brand of each item.

One object a line, plain or gzipped, JSON or (2014) a Python literal, read as reviews are.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.data.amazon import parse_line
from pipeline.data.mistaken import other_kind
from pipeline.data.raw_lines import read_lines
from pipeline.data.records import BadRecordError, DatasetError, Faults, encodable

MOST_ATTRIBUTES = 256
"""Of one item; real ones have up to a few dozen."""
_ITEM = ("parent_asin", "asin")
# Of 2023 and 2014; of 2018. Of 2014 and 2018; of 2023.
_CATEGORIES, _BRAND = ("categories", "category"), ("brand", "store")


@dataclass(frozen=True)
class Metadata:
    """What the file says of the items asked for.

    Attributes:
        columns: of the schema ATTRIBUTES.
        account: what `metrics/dataset.json` says: records read and what became of them (read =
            items_described + repeated + without_attributes + of_other_items + quarantined), attributes.
    """

    columns: dict[str, list[Any]]
    account: dict[str, Any]


def read_metadata(path: Path | None, item_ids: Sequence[str], stop: bool) -> Metadata:
    """Return the attributes of the items (by place in `item_ids`); none without a file or of an empty one.

    Of several records of an item the first counts. Bad records stop or are counted, by their reasons. Raises
    DatasetError when there is no such file, and when none of its records describes one of the items.
    """
    codes = {item_id: code for code, item_id in enumerate(item_ids)}
    owned: dict[int, set[str]] = {}
    left_out = Counter[str](repeated=0, without_attributes=0, of_other_items=0)
    faults = Faults(path or Path(), stop)
    for item_id, attributes in _records(path, faults) if path else ():
        if item_id not in codes:
            left_out["of_other_items"] += 1
        elif not attributes:
            left_out["without_attributes"] += 1
        elif codes[item_id] in owned:
            left_out["repeated"] += 1
        else:
            owned[codes[item_id]] = attributes
    reasons = dict(faults.reasons)
    if faults.read and not owned:
        raise DatasetError(
            f"{path}: none of {faults.read} records tells categories or brand of an item of the reviews (bad "
            f"records: {reasons or 'none'}); dataset.metadata must name the metadata of the same items"
        )
    rows = [(item, attribute) for item in sorted(owned) for attribute in sorted(owned[item])]
    account = {
        "read": faults.read,
        "quarantined": faults.reasons.total(),
        "quarantined_by_reason": reasons,
        "items_described": len(owned),
        **left_out,
        "attributes": len({attribute for _, attribute in rows}),
    }
    return Metadata({"item": [item for item, _ in rows], "attribute": [name for _, name in rows]}, account)


def _records(path: Path, faults: Faults) -> Iterator[tuple[str, set[str]]]:
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; dataset.metadata must name a metadata file, or be empty")
    for row, line in read_lines(path):
        if line.isspace():
            continue
        if not faults.read and (kind := other_kind(line)):
            raise DatasetError(f"{path}: looks like {kind}. Wanted: one JSON object a line")
        faults.read += 1
        try:
            yield to_attributes(parse_line(row, line))
        except BadRecordError as error:
            faults.add(row, error)


def to_attributes(fields: dict[str, Any]) -> tuple[str, set[str]]:
    """Return the item of one line and its attributes, as `category: Guitars` and `brand: Fender`.

    Raises BadRecordError naming the field, its value and what is wanted.
    """
    name, item_id = _given(fields, _ITEM)
    if not isinstance(item_id, str) or not item_id.strip():
        raise BadRecordError(f"{name}: no id", item_id, "a non-empty string")
    attributes = {f"category: {one}" for one in _categories(*_given(fields, _CATEGORIES))}
    name, brand = _given(fields, _BRAND)
    if brand is not None and (brand := _text(name, brand)):
        attributes.add(f"brand: {brand}")
    if len(attributes) > MOST_ATTRIBUTES:
        raise BadRecordError("attributes: too many", len(attributes), f"at most {MOST_ATTRIBUTES} an item")
    return item_id, attributes


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
            if text := _text(name, one):
                yield text


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadRecordError(f"{name}: wrong type", value, "a string")
    if not encodable(value):
        raise BadRecordError(f"{name}: not UTF-8", value, "text without lone surrogates")
    return value.strip()
