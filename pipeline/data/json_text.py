"""JSON as it is read here: a key that stands twice in an object is a fault, never the last one's word."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.data.raw_lines import read_whole
from pipeline.data.records import DatasetError, shortened


class RepeatedKeyError(ValueError):
    """A key stands twice; the message shows it."""


def refuse_repeated(keys: Iterable[Any]) -> None:
    """Raise RepeatedKeyError when one of `keys` comes twice."""
    for key, times in Counter(keys).most_common(1):
        if times > 1:
            raise RepeatedKeyError(f"the key {shortened(key)} stands {times} times, once wanted")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        refuse_repeated([key for key, _ in pairs])
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def parse_json(text: str) -> Any:
    """Return the value of a JSON text; raises RecursionError or ValueError (RepeatedKeyError)."""
    return _DECODER.decode(text)


def decoded(path: Path, content: bytes) -> str:
    """Return UTF-8 text without its byte-order mark; raises DatasetError naming the file and the byte."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        seen = shortened(content[max(0, error.start - 20) : error.start + 20])
        raise DatasetError(f"{path}: found {seen} at byte {error.start + 1}, wanted UTF-8 text") from None


def read_json_file(path: Path) -> Any:
    """Return the value of a plain or gzipped JSON file; raises DatasetError naming the file."""
    text = decoded(path, read_whole(path))
    try:
        return parse_json(text)
    except RecursionError:
        raise DatasetError(f"{path}: not JSON as it is wanted: nested too deeply") from None
    except ValueError as error:
        raise DatasetError(f"{path}: not JSON: {error}") from None
