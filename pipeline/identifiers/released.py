"""Names of items from a file, as TIGER, LETTER, IDGenRec and others release theirs: item id to codes.

JSON is one object, `{"B001": [3, 17, 250], "B002": ...}`; in a table each line is an item id, a tab and its
codes. What names an item is one of

- whole numbers, the codes of its levels: `[3, 17]`, or in a table `3 17`, become the symbols <a_3><b_17>;
- symbols: `["<a_3>", "<b_17>"]`, or `<a_3><b_17>` with or without blanks;
- a text, made of the vocabulary's own words: `"red cotton dress"`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.identifiers.base import (
    Identifiers,
    IdentifiersError,
    RandomStream,
    Sources,
    code_symbol,
    random_users,
)
from pipeline.identifiers.config import IdentifiersConfig

_SYMBOL = re.compile(r"<[^<>\s]+>")
_LEVELS = 26


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name the items as the file `released.path` does; users have shuffled numbers.

    Raises IdentifiersError, with file and item, for names that can't be read and for items without one.
    Items that the data doesn't have are passed over.
    """
    path = Path(settings.released.path)
    found = read_released(path)
    missing = [one for one in sources.item_ids if one not in found]
    if missing:
        some = f"{len(found)}, as {next(iter(found))!r}" if found else "none"
        raise IdentifiersError(
            f"{path}: {len(missing)} of {len(sources.item_ids)} items of the data aren't there, the first is "
            f"{missing[0]!r}; the file has {some}: raw item ids are wanted"
        )
    parts = [found[one] for one in sources.item_ids]
    # A text has no symbols; a name of symbols is written without blanks.
    answers = ["".join(one) for one in parts]
    symbols = [symbol for one in parts for symbol in one if _SYMBOL.fullmatch(symbol)]
    return Identifiers(
        items=answers,
        answers=answers,
        user_numbers=random_users(sources.histories, random),
        symbols=list(dict.fromkeys(symbols)),
        new_items="its names are those of a file, as it was before training",
    )


def read_released(path: Path) -> dict[str, list[str]]:
    """Return the symbols of each item by its id, or the one text; raises IdentifiersError as `make` does."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise IdentifiersError(f"identifiers.released.path {path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IdentifiersError(f"identifiers.released.path {path}: not readable as text: {error}") from None
    if not text.strip():
        raise IdentifiersError(
            f"{path}: empty; name a JSON file {{item id: codes}} or a table (item id, tab, codes) in "
            "identifiers.released.path"
        )
    found: dict[str, list[str]] = {}
    for item, value in _object(path, text) if text.lstrip().startswith("{") else _lines(path, text):
        if item in found:
            raise IdentifiersError(f"{path}: item {item!r} stands twice")
        found[item] = _parts(path, item, value)
    return found


def _object(path: Path, text: str) -> list[tuple[str, Any]]:
    try:
        # As pairs: a key that stands twice is told.
        pairs: list[tuple[str, Any]] = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        raise IdentifiersError(f"{path}: not readable as JSON: {error}") from None
    return pairs


def _lines(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        item, tab, value = line.partition("\t")
        if not tab or not item.strip():
            raise IdentifiersError(
                f"{path}: line {number}: an item id, a tab and its codes wanted (found {line[:60]!r})"
            )
        words = value.split()
        numbers = words and all(word.isdecimal() and word.isascii() for word in words)
        yield item.strip(), [int(word) for word in words] if numbers else value


def _parts(path: Path, item: str, value: Any) -> list[str]:
    """Return the symbols of an item's name, or its text alone."""
    parts = value if isinstance(value, list) else [value]
    if parts and all(type(part) is int and part >= 0 for part in parts) and len(parts) <= _LEVELS:
        return [code_symbol(level, code) for level, code in enumerate(parts)]
    if parts and all(isinstance(part, str) for part in parts):
        text = " ".join(" ".join(parts).split())
        symbols = _SYMBOL.findall(text)
        if symbols and not _SYMBOL.sub("", text).strip():
            return symbols
        if text:
            return [text]
    raise IdentifiersError(
        f"{path}: item {item!r}: one to {_LEVELS} whole numbers from 0 on, symbols as <a_3>, or a text "
        f"wanted (found {str(value)[:60]!r})"
    )
