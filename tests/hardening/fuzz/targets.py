"""What is fuzzed: readers with sound inputs to start from, and what has to hold after each reading.

A reader gets a folder whose file the fuzzer wrote. It returns, or raises an error that the user can mend and
that names the file; anything else, a count that doesn't add up included, is a finding.
"""

import contextlib
import csv
import gzip
import io
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.artifacts import ArtifactError, read_json, read_table, write_table
from pipeline.data.amazon import parse_line, to_record
from pipeline.data.config import DatasetConfig, TableConfig
from pipeline.data.layouts import LAYOUTS
from pipeline.data.metadata import read_metadata
from pipeline.data.p5 import read_histories, read_negatives
from pipeline.data.p5_explanations import read_p5_explanations
from pipeline.data.plain_lines import plain_record
from pipeline.data.records import BadRecordError, DatasetError, Faults
from pipeline.data.restricted_pickle import load_plain
from pipeline.data.source import open_source
from pipeline.data.table import open_table
from pipeline.data.ties import given_order, order_ties
from pipeline.explanations.sentires import read_lexicon, read_reviews
from pipeline.params import ParamsError, read_params
from pipeline.prompts.templates import read_templates
from pipeline.report.curves import read_curves
from pipeline.report.documents import ReportError
from pipeline.tasks.registry import PEAPOD
from stages.preprocess import main as preprocess
from tools.check_params import faults
from tools.download import Listed

ROOT = Path(__file__).resolve().parents[3]
CLEAR = (DatasetError, ParamsError, ArtifactError, ReportError)

OF_2014 = {
    **{"reviewerID": "A1", "asin": "0001", "overall": 5.0, "unixReviewTime": 1393545600},
    **{"reviewText": "It's good.", "summary": "good", "helpful": [0, 0]},
}
OF_2018 = {**OF_2014, "verified": True, "style": {"Size:": "7 oz"}}
OF_2023 = {
    **{"user_id": "A1", "parent_asin": "0001", "rating": 5.0, "timestamp": 1393545600999},
    **{"text": "It's good.", "title": "good", "images": []},
}
METADATA = [
    {"asin": "I1", "categories": [["Guitars", "Strings"], ["Guitars"]], "brand": "Fender"},
    {"asin": "I2", "category": ["Guitars", "Capos"], "brand": ""},
    {"parent_asin": "I3", "categories": ["Drums"], "store": "Pearl"},
    {"asin": "I1", "brand": "Other"},
    {"asin": "elsewhere", "brand": "Other"},
]
ITEM_TABLES = (
    b'asin\ttitle\tcategories\nI1\tA 5" string\tGuitars > Strings | Strings\nI2\t\tDrums\nX\tOther\t\n',
    b'title,Item,brand\r\n"A string, 5""",I1,Fender\r\nA drum,I2,\r\nA drum,I1,Pearl\r\n',
)
HISTORIES = (b"U1 I1 I2 I3 I4 I5\nU2 I3 I4 I1 I7\nU3 I1 I2 I3 I4\n",)
EXPLANATION = {"user": "U1", "item": "3", "explanation": "good tone", "feature": "tone"}
SENTIRES = [
    {"user": "u1", "item": "i1", "rating": 5, "sentence": [("sound", "great", "The sound is great.", 1)]},
    {"user": 7, "item": "i2", "rating": 1.0, "template": ("price", "low", "A low price.", -1)},
]
NAMES = ("user_id", "item_id", "rating", "timestamp", "text")
ROWS = [
    (f"U{who}", f"I{what}", 4.5, 1393545600 + what, 'a "fine" one,\nreally')
    for who in range(4)
    for what in range(6)
]
P5 = {
    "datamaps.json": json.dumps(
        {"id2user": {"1": "U1", "2": "U2"}, "id2item": {str(number): f"I{number}" for number in range(1, 8)}}
    ).encode(),
    "sequential_data.txt": b"1 1 2 3 4\n2 3 4 5 6\n",
    "negative_samples.txt": b"1 5 6\n2 1 2\n",
}


@dataclass(frozen=True)
class Target:
    """A reader.

    Attributes:
        file: the name under which it finds its input.
        seeds: sound inputs.
        read: takes the file's path.
        others: files beside it.
        packed: whether gzip, damaged or not, is one of the things to try.
    """

    file: str
    seeds: tuple[bytes, ...]
    read: Callable[[Path], None]
    others: tuple[tuple[str, bytes], ...] = ()
    packed: bool = True


def _lines(record: dict, form: Callable[[dict], str]) -> bytes:
    user = "user_id" if "user_id" in record else "reviewerID"
    item = "parent_asin" if "user_id" in record else "asin"
    pairs = [(who, what) for who in range(4) for what in range(6)]
    return "\n".join(form({**record, user: f"U{who}", item: f"I{what}"}) for who, what in pairs).encode()


REVIEWS = (*(_lines(record, json.dumps) for record in (OF_2014, OF_2018, OF_2023)), _lines(OF_2014, repr))


def _line(path: Path) -> None:
    line = path.read_bytes()
    for layout in LAYOUTS.values():
        strict = None
        with contextlib.suppress(BadRecordError):
            strict = to_record(1, parse_line(1, line), layout)
        plain = plain_record(1, line, layout)
        if plain not in (None, strict):
            raise AssertionError(f"{plain} read fast, {strict} strictly")


def _reviews(path: Path) -> None:
    sink = io.StringIO()
    found = Faults(path, stop=False, quarantine=sink)
    good = len(open_source(path, "auto", iter).interactions(found))
    content = path.read_bytes()
    text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    text = text.removeprefix(b"\xef\xbb\xbf")
    lines = sum(not line.isspace() for line in text.split(b"\n") if line) + (text[:1] == b"")
    set_aside = sink.getvalue().count("\n")
    if not found.read == good + set_aside == good + found.reasons.total() == lines:
        raise AssertionError(f"{lines} lines, {found.read} read, {good} good, {set_aside} set aside")


def _preprocess(path: Path) -> None:
    """Run the stage; it ends well, its counts adding up, or with one message that names a file."""
    folder = path.parent
    params = {"raw": str(path), "format": "auto", "core": 0, "duplicates": "last", "negatives": 1}
    document = {"seed": 1, "dataset": {**params, "bad_records": "quarantine"}}
    (folder / "params.yaml").write_text(json.dumps(document))
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told):
            preprocess(folder)
    except SystemExit as end:
        raise end.__cause__ or end from None
    records = read_json(folder / "metrics/dataset.json")["records"]
    rows = read_table(folder / "data/preprocessed/reviews.parquet", tables.REVIEWS).num_rows
    if records.pop("read") != sum(records.values()) or rows != records["kept"]:
        raise AssertionError(f"{rows} reviews, {records}")


def _rows(path: Path) -> None:
    """Read a table, or say what file is at fault; every row is good or set aside."""
    sink = io.StringIO()
    found = Faults(path, stop=False, quarantine=sink)
    config = TableConfig()
    records = list(open_table(path, config).records(found, config.highest_rating))
    set_aside = sink.getvalue().count("\n")
    if not found.read == len(records) + set_aside == len(records) + found.reasons.total():
        raise AssertionError(f"{found.read} read, {len(records)} good, {set_aside} set aside")
    for one in records:
        one.user_id.encode()
        if not (one.item_id.strip() and (one.rating is None or 0 < one.rating <= 5)):
            raise AssertionError(f"an unsound record: {one}")
    if len({one.timestamp is None for one in records}) > 1:
        raise AssertionError("some records have times, others none")


def _source(path: Path) -> None:
    """Open what is there whatever it is, and read it in the order of ties that it gives."""
    config = {"raw": str(path), "format": "auto", "core": 0, "duplicates": "all", "negatives": 1}
    chosen = DatasetConfig(**config, bad_records="quarantine", tie_order=str(path))
    kept = open_source(path, "auto", iter).interactions(Faults(path, stop=False))
    order_ties(kept, chosen, given_order(chosen), np.random.default_rng(0)).time_order()


def _metadata(path: Path) -> None:
    account = read_metadata(path, ["I1", "I2", "I3"], stop=False).account
    became = ("items_described", "repeated", "without_attributes", "of_other_items", "quarantined")
    if account["read"] != sum(account[name] for name in became):
        raise AssertionError(f"{account}")


def _p5(path: Path) -> None:
    kept = read_histories(path.parent).recoded()
    if len(kept):
        read_negatives(path.parent, kept, 2)


def _table(path: Path) -> None:
    read_table(path, tables.INTERACTIONS).to_pylist()


@cache
def _table_seed(folder: Path) -> bytes:
    columns = {name: list(range(50)) for name in tables.INTERACTIONS.names}
    write_table(folder / "seed", tables.INTERACTIONS, pa.table(columns, schema=tables.INTERACTIONS))
    return (folder / "seed").read_bytes()


@cache
def _rows_seed(folder: Path) -> bytes:
    rows = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows")
    return (folder / "rows").read_bytes()


def _params(path: Path) -> None:
    list(faults(path))


def targets(folder: Path) -> dict[str, Target]:
    """Return every target by name; `folder` holds what is needed to make their seeds."""
    explained = {"train": [EXPLANATION], "val": [{**EXPLANATION, "item": "I4"}], "test": []}
    beside = tuple(P5.items())
    listed = json.dumps(SENTIRES).encode()
    lexicon = b"# a comment\n[1.0] sound|great (12, 3)\n[-1] strap | flimsy (4)\n"
    curves = b"epoch,task,split,loss\n1,topn,train,2.5\n1,topn,validation,2.0\n"
    params, templates = ROOT / "params.yaml", ROOT / "pipeline/prompts/templates.yaml"
    return {
        "raw line": Target("line", tuple(lines.split(b"\n")[0] for lines in REVIEWS), _line, packed=False),
        "reviews": Target("raw.json", REVIEWS, _reviews),
        "preprocess": Target("raw.json", REVIEWS, _preprocess),
        **{f"table {name}": Target("table", seeds, _rows) for name, seeds in _tables().items()},
        "table Parquet": Target("a.parquet", (_rows_seed(folder),), _rows, packed=False),
        "source": Target("own.txt", (*_tables()["delimited"], *HISTORIES), _source),
        "metadata": Target(
            "meta.json",
            (*("\n".join(map(form, METADATA)).encode() for form in (json.dumps, repr)), *ITEM_TABLES),
            _metadata,
        ),
        "downloads.yaml": Target(
            "list.yaml",
            ((ROOT / "data/downloads.yaml").read_bytes(),),
            lambda path: _any(read_params(Listed, path)),
            packed=False,
        ),
        **{f"P5 {name}": Target(name, (content,), _p5, beside) for name, content in P5.items()},
        "P5 explanation.json": Target(
            "explanation.json", (json.dumps(explained).encode(),), lambda path: _given(path.parent), beside
        ),
        "P5 exp_splits.pkl": Target(
            "exp_splits.pkl", _pickles(explained), lambda path: _given(path.parent), beside
        ),
        "pickle": Target(
            "a.pkl", _pickles([explained, {1, 2}, (3.5, b"x", None, True)]), lambda p: _any(load_plain(p))
        ),
        "Sentires": Target(
            "reviews.pickle",
            (listed, "\n".join(map(json.dumps, SENTIRES)).encode(), *_pickles(SENTIRES)),
            lambda path: _any(list(read_reviews(path))),
        ),
        "Sentires lexicon": Target("lexicon.txt", (lexicon,), lambda path: _any(read_lexicon(path))),
        "templates.yaml": Target("templates.yaml", (templates.read_bytes(),), _templates, packed=False),
        "params.yaml": Target("params.yaml", (params.read_bytes(),), _params, packed=False),
        "curves.csv": Target("curves.csv", (curves,), _curves, packed=False),
        "metrics JSON": Target(
            "m.json", (b'{"a": [1, 2.5, null], "b": {"c": "d"}}',), lambda p: _any(read_json(p)), packed=False
        ),
        "Parquet": Target("train.parquet", (_table_seed(folder),), _table, packed=False),
    }


def _tables() -> dict[str, tuple[bytes, ...]]:
    """Return sound tables as text: delimited in several ways, and as JSON lines."""
    quoted = io.StringIO()
    csv.writer(quoted).writerows([NAMES, *ROWS])
    plain = [row[:4] for row in ROWS]
    split = (("\t", NAMES[:4]), (";", NAMES[:4]), ("::", ()), (" ", ()))
    lines = (
        "\n".join(mark.join(map(str, row)) for row in ([names, *plain] if names else plain))
        for mark, names in split
    )
    objects = "\n".join(json.dumps(dict(zip(NAMES, row, strict=True))) for row in ROWS)
    return {
        "delimited": (quoted.getvalue().encode(), *(text.encode() for text in lines)),
        "JSON lines": (objects.encode(),),
    }


def _pickles(value: object) -> tuple[bytes, ...]:
    return tuple(pickle.dumps(value, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1))


def _any(_: object) -> None:
    """Take whatever was read."""


def _given(folder: Path) -> None:
    for one in read_p5_explanations(folder) or []:
        (one.user_id + one.item_id + one.explanation + (one.feature or "")).encode()


def _templates(path: Path) -> None:
    try:
        read_templates(path, PEAPOD)
    except ValueError as error:
        raise DatasetError(str(error)) from None


def _curves(path: Path) -> None:
    read_curves(path.read_bytes().decode("utf-8", errors="replace"), str(path))
