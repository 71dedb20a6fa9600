"""Sentires' own output: the reviews with their tuples, and the lexicon as text.

The reviews file is what the Sentires-Guide's last step writes (`reviews.pickle`): a list of records with
`user`, `item`, `rating` and `sentence`, a list of (feature, opinion, sentence, score) tuples, absent where
nothing was found; or, as NETE and PETER have it, `template`, one such tuple. The same as JSON, one list or a
record a line, is read too; each may be gzipped.
"""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.artifacts import make_table, write_text
from pipeline.data.json_text import decoded, parse_json
from pipeline.data.raw_lines import read_whole
from pipeline.data.records import DatasetError, encodable, shortened
from pipeline.data.restricted_pickle import load_plain
from pipeline.tables import LEXICON

_ENTRY = re.compile(
    r"\[\s*([+-]?\d+(?:\.\d+)?)\s*\]\s*([^|\s][^|]*?)\s*\|\s*([^|()]*?[^|()\s])\s*(?:\(([\d\s.,;:/]*)\))?"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LONGEST_ENTRY = 1000
_HIGHEST_COUNT = 10**15
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SentiresTuple(NamedTuple):
    """A feature, what is said of it, the sentence, and +1 or -1."""

    feature: str
    opinion: str
    sentence: str
    sentiment: int


class SentiresReview(NamedTuple):
    """A review with raw ids; `number` counts the file's records from 1, `rating` may be None."""

    number: int
    user_id: str
    item_id: str
    rating: float | None
    tuples: list[SentiresTuple]


def read_reviews(path: Path) -> Iterator[SentiresReview]:
    """Yield the reviews of a file; raises DatasetError naming file, record, value seen and value wanted."""
    for number, record in enumerate(_records(path), start=1):
        yield _review(f"{path}, record {number}", number, record)


def _records(path: Path) -> list[Any]:
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; explanations.path must name Sentires' reviews file")
    content = read_whole(path)
    start = content.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1]
    records = _json(path, content) if start in (b"[", b"{") else load_plain(path)
    if not isinstance(records, list):
        raise DatasetError(f"{path}: found {type(records).__name__}, wanted a list of reviews")
    return records


def _json(path: Path, content: bytes) -> Any:
    text = decoded(path, content).strip()
    # One list, or a record a line.
    parts = [(1, text)] if text.startswith("[") else enumerate(text.split("\n"), start=1)
    values = []
    for number, part in parts:
        try:
            values += [parse_json(part.strip())] if part.strip() else []
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{path}, line {number}: not JSON: {error}") from None
    return values[0] if text.startswith("[") else values


def _review(where: str, number: int, record: Any) -> SentiresReview:
    if not isinstance(record, dict):
        raise DatasetError(f"{where}: found {shortened(record)}, wanted user, item, rating and sentence")
    names = [_name(where, record, key) for key in ("user", "item")]
    rating = record.get("rating")
    if rating is not None and not _is_number(rating):
        raise DatasetError(f"{where}: rating is {shortened(rating)}, wanted a number")
    found = record.get("sentence", [])
    if "template" in record:
        found = [record["template"]]
    if not isinstance(found, list):
        raise DatasetError(f"{where}: sentence is {shortened(found)}, wanted a list of tuples")
    tuples = [_tuple(where, one) for one in found]
    return SentiresReview(number, names[0], names[1], None if rating is None else float(rating), tuples)


def _name(where: str, record: dict, key: str) -> str:
    value = record.get(key)
    is_id = encodable(value) if isinstance(value, str) else isinstance(value, int) and _is_number(value)
    if not is_id:
        raise DatasetError(f"{where}: {key} is {shortened(value)}, wanted a raw id")
    return str(value)


def _is_number(value: Any) -> bool:
    """Tell a number that a float holds; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < _HIGHEST_COUNT if isinstance(value, int) else math.isfinite(value)


def _tuple(where: str, found: Any) -> SentiresTuple:
    if isinstance(found, list | tuple) and len(found) == 4:
        *texts, score = found
        right = all(isinstance(text, str) and text.strip() and encodable(text) for text in texts)
        if right and _is_number(score) and score:
            feature, opinion, sentence = (text.strip() for text in texts)
            return SentiresTuple(feature.lower(), opinion.lower(), sentence, 1 if score > 0 else -1)
    raise DatasetError(
        f"{where}: found {shortened(found)}, wanted (feature, opinion, sentence, score), the score not 0"
    )


def read_lexicon(path: Path) -> pa.Table:
    """Read a lexicon as text into a LEXICON table, most frequent pair first.

    A line is `[polarity] feature|opinion (counts)`: the polarity a number, its sign the sentiment (0: none);
    the counts one number (how often), or two and more, whose first two are how often positive and negative,
    or nothing. Blank lines and lines that begin with # are skipped. Raises DatasetError naming file and line.
    """
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; explanations.lexicon must name Sentires' lexicon")
    text = decoded(path, read_whole(path))
    rows = [
        _entry(f"{path}, line {number}", line.strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    rows.sort(key=lambda row: (-row["positive"] - row["negative"], row["feature"], row["opinion"]))
    return make_table(LEXICON, {name: [row[name] for row in rows] for name in LEXICON.names})


def write_lexicon(path: Path, lexicon: pa.Table) -> None:
    """Write a LEXICON table as text that read_lexicon reads, an entry a line, in the table's order.

    Pairs that the format can't hold (no opinion, or one of | ( ) or a line break inside) are left out.
    """
    lines = []
    for row in lexicon.to_pylist():
        counts = f"({row['positive']}, {row['negative']})"
        line = f"[{row['sentiment'] or 0}] {row['feature']}|{row['opinion']} {counts}"
        match = _ENTRY.fullmatch(line)
        if match and match.group(2, 3) == (row["feature"], row["opinion"]) and "\n" not in line:
            lines.append(line + "\n")
    write_text(path, "".join(lines))


def _entry(where: str, line: str) -> dict[str, Any]:
    # Of a long line the search would take time by the square of its length.
    match = _ENTRY.fullmatch(line) if len(line) <= _LONGEST_ENTRY else None
    if not match:
        raise DatasetError(f"{where}: found {shortened(line)}, wanted [polarity] feature|opinion (counts)")
    polarity, feature, opinion, counts = match.groups()
    sign = (float(polarity) > 0) - (float(polarity) < 0)
    numbers = [round(min(float(number), _HIGHEST_COUNT)) for number in _NUMBER.findall(counts or "")]
    if _HIGHEST_COUNT in numbers:
        raise DatasetError(
            f"{where}: found ({shortened(counts)[1:-1]}), wanted counts below {_HIGHEST_COUNT}"
        )
    if len(numbers) == 1:
        numbers = [numbers[0], 0] if sign >= 0 else [0, numbers[0]]
    positive, negative = numbers[:2] or (0, 0)
    return {
        "feature": feature.lower(),
        "opinion": opinion.lower(),
        "sentiment": sign or None,
        "positive": positive,
        "negative": negative,
    }
