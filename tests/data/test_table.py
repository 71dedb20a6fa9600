"""Tables of interactions in every form, sound and hostile: the same records, or every row accounted for."""

import csv
import datetime
import gzip
import io
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.config import TableConfig
from pipeline.data.records import DatasetError, Faults, Record
from pipeline.data.source import open_source
from pipeline.data.table import open_table

FIRST = 1300000000
ROWS = [("u1", "i2", 4.0, FIRST), ("u1", "i1", 2.5, FIRST + 60), ("u2", "i2", 5.0, FIRST + 90)]
WANTED = [(user, item, rating, time) for user, item, rating, time in ROWS]


def read(path, stop=True, **table):
    """Records, and the reasons of what was set aside; nothing is lost."""
    config = TableConfig(**table)
    faults = Faults(path, stop=stop, quarantine=io.StringIO())
    records = list(open_table(path, config).records(faults, config.highest_rating))
    assert faults.read == len(records) + faults.reasons.total()
    return records, dict(faults.reasons)


def told(records):
    return [(one.user_id, one.item_id, one.rating, one.timestamp) for one in records]


def joined(delimiter, header="", rows=ROWS, end="\n"):
    lines = [header] if header else []
    return end.join([*lines, *(delimiter.join(map(str, row)) for row in rows)]).encode()


def jsonl(rows=ROWS, names=("user_id", "item_id", "stars", "timestamp")):
    return "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows).encode()


def parquet(**columns):
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def by_column(rows=ROWS):
    names = ("user_id", "item_id", "rating", "timestamp")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


NAMED = "user_id,item_id,rating,timestamp"
NUMBERS = [("196", "242", 3.0, 881250949), ("186", "302", 3.0, 891717742), ("22", "377", 1.0, 878887116)]


@pytest.mark.parametrize(
    ("name", "content", "kind", "first"),
    [
        ("a.csv", joined(",", NAMED), "CSV", 2),
        ("a.csv", joined(",", NAMED, end="\r\n"), "CSV", 2),
        ("a.csv", b"\xef\xbb\xbf" + joined(",", NAMED), "CSV", 2),
        ("a.csv", joined(",", f"\n\n{NAMED}", end="\n\n"), "CSV", 5),
        ("a.csv.gz", gzip.compress(joined(",", NAMED), mtime=0), "CSV", 2),
        ("misnamed.json", joined(",", NAMED), "CSV", 2),
        ("a.csv", joined(";", NAMED.replace(",", ";")), "CSV with ;", 2),
        ("a.txt", joined("|", NAMED.replace(",", "|")), "CSV with |", 2),
        ("a.tsv", joined("\t", NAMED.replace(",", "\t")), "TSV", 2),
        ("a.inter", joined("\t", "user_id:token\titem_id:token\trating:float\ttimestamp:float"), "TSV", 2),
        # Amazon's lists of ratings of 2014 and MovieLens have no line of names.
        ("ratings.csv", joined(","), "CSV", 1),
        ("ratings.dat", joined("::"), "text with ::", 1),
        ("u.data", joined("\t"), "TSV", 1),
        ("spaces.txt", joined(" "), "text with spaces", 1),
        ("a.jsonl", jsonl(), "JSON lines", 1),
        ("a.jsonl.gz", gzip.compress(jsonl(), mtime=0), "JSON lines", 1),
        ("a.jsonl", jsonl([(u, i, str(r), str(t)) for u, i, r, t in ROWS]), "JSON lines", 1),
        ("a.jsonl", jsonl().replace(b'{"', b"{u'").replace(b'"', b"'"), "JSON lines", 1),
        ("a.parquet", parquet(**by_column()), "Parquet", 1),
    ],
)
def test_every_form_gives_the_same_records(tmp_path, name, content, kind, first):
    path = tmp_path / name
    path.write_bytes(content)
    table = open_table(path, TableConfig())
    assert table.kind == kind
    assert list(table.columns) == ["user", "item", "rating", "timestamp"]
    records, reasons = read(path)
    assert told(records) == WANTED
    assert records[0].row == first
    assert reasons == {}
    assert open_source(path, "auto", iter).format == f"table ({kind})"


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"user_id": [1, 2], "item_id": [3.0, 4.0]}, [("1", "3", None, None), ("2", "4", None, None)]),
        (
            {"user_id": ["a", "b"], "item_id": ["c", "d"], "rating": [float("nan"), 3]},
            [("a", "c", None, None), ("b", "d", 3.0, None)],
        ),
        (
            {"user_id": [b"a"], "item_id": pa.array(["c"]).dictionary_encode(), "rating": [Decimal("4.5")]},
            [("a", "c", 4.5, None)],
        ),
        (
            {"user": ["a"], "item": ["c"], "date": [datetime.datetime(2011, 3, 13, 7, 6, 40)]},
            [("a", "c", None, FIRST)],
        ),
        (
            {
                "user": ["a"],
                "item": ["c"],
                "date": pa.array([FIRST * 10**9], pa.timestamp("ns", "Europe/Rome")),
            },
            [("a", "c", None, FIRST)],
        ),
        (
            {"user": ["a"], "item": ["c"], "date": [datetime.date(2011, 3, 13)]},
            [("a", "c", None, 1299974400)],
        ),
    ],
)
def test_types_of_parquet(tmp_path, columns, found):
    path = tmp_path / "a.parquet"
    path.write_bytes(parquet(**columns))
    assert told(read(path)[0]) == found


def test_only_users_and_items_are_needed(tmp_path):
    (tmp_path / "a.csv").write_text("customer_id,product_id\nx,y\n")
    assert read(tmp_path / "a.csv")[0] == [Record(2, "x", "y", None, None, None, None)]
    (tmp_path / "b.csv").write_text("1,7\n2,8\n")
    assert told(read(tmp_path / "b.csv")[0]) == [("1", "7", None, None), ("2", "8", None, None)]
    (tmp_path / "c.csv").write_text(f"x,y,{FIRST}\nz,y,{FIRST}\n")
    assert told(read(tmp_path / "c.csv")[0])[0] == ("x", "y", None, FIRST)
    (tmp_path / "d.csv").write_text("x,y,4.5\nz,y,0.5\n")
    assert told(read(tmp_path / "d.csv")[0])[0] == ("x", "y", 4.5, None)


def test_texts_with_quotes_and_line_breaks(tmp_path):
    rows = [
        ["user", "item", "review_title", "review_text"],
        ["a", "b", "so, so", 'a "good" one\nreally, yes\r\n'],
    ]
    with (tmp_path / "a.csv").open("w", newline="") as file:
        csv.writer(file).writerows([*rows, ["c", "d", "", "7"]])
    assert read(tmp_path / "a.csv")[0] == [
        Record(2, "a", "b", None, None, "so, so", 'a "good" one\nreally, yes\r\n'),
        Record(5, "c", "d", None, None, None, "7"),
    ]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


@given(st.lists(st.tuples(texts.filter(str.strip), texts), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows([("user_id", "item_id", "text"), *((user, "i", text) for user, text in rows)])
    records, _ = read(path)
    assert [one.user_id for one in records] == [user.strip() for user, _ in rows]
    assert [one.text for one in records] == [text if text.strip() else None for _, text in rows]


def test_columns_by_name_and_by_number(tmp_path):
    path = tmp_path / "kunden.csv"
    path.write_text("kunde;artikel;punkte\na;b;8\nc;d;10\n")
    with pytest.raises(
        DatasetError,
        match=r"kunden.csv: which column names the user and which the item isn't clear.* dataset.table.user",
    ):
        read(path)
    found, _ = read(path, user="kunde", item="artikel", rating="punkte", highest_rating=10)
    assert told(found) == [("a", "b", 4.0, None), ("c", "d", 5.0, None)]
    path.write_text("x;a;b;8\nx;c;d;10\n")
    with pytest.raises(DatasetError, match="to its number from 1"):
        read(path)
    assert told(read(path, user=2, item=3)[0]) == [("a", "b", None, None), ("c", "d", None, None)]
    assert told(read(path, user="3", item="2")[0])[0] == ("b", "a", None, None)


def test_amazons_list_of_2018_begins_with_the_item(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text(f"B00000000X,A1YJEY40YUW4SE,5.0,{FIRST}\n0123456789,A1YJEY40YUW4SF,1.0,{FIRST}\n")
    assert told(read(path)[0])[0] == ("A1YJEY40YUW4SE", "B00000000X", 5.0, FIRST)
    path.write_text(f"A1YJEY40YUW4SE,B00000000X,5.0,{FIRST}\nA1YJEY40YUW4SF,0123456789,1.0,{FIRST}\n")
    assert told(read(path)[0])[0] == ("A1YJEY40YUW4SE", "B00000000X", 5.0, FIRST)


def test_a_rating_of_0_and_an_empty_one_are_none(tmp_path):
    (tmp_path / "a.csv").write_text("user,item,rating\na,b,0\na,c,\na,d,0.5\n")
    assert [one.rating for one in read(tmp_path / "a.csv")[0]] == [None, None, 0.5]


GOOD = f"u,i,4,{FIRST}"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f",i,4,{FIRST}", "user_id: missing"),
        (f"u, ,4,{FIRST}", "item_id: missing"),
        (f"u,i,9,{FIRST}", "rating: out of range"),
        (f"u,i,-1,{FIRST}", "rating: out of range"),
        (f"u,i,NaN,{FIRST}", "rating: wrong type"),
        (f"u,i,inf,{FIRST}", "rating: wrong type"),
        (f"u,i,{'9' * 39},{FIRST}", "rating: out of range"),
        (f"u,i,{'9' * 5000},{FIRST}", "rating: wrong type"),
        ("u,i,4,", "timestamp: missing"),
        (f"u,i,4,-{FIRST}", "timestamp: out of range"),
        ("u,i,4,1", "timestamp: out of range"),
        ("u,i,4,soon", "timestamp: wrong type"),
        ("u,i,4", "line: wrong number of cells"),
        (f"u,i,4,{FIRST},x", "line: wrong number of cells"),
        ("u\ti\t4\t7", "line: wrong number of cells"),
        (f'u,"i,4,{FIRST}', "line: malformed"),
        (f'u,"i"x,4,{FIRST}', "line: malformed"),
        (f"u,i,4,{FIRST}\rv", "line: malformed"),
        (b"u,caf\xe9,4,1300000000", "line: not UTF-8"),
        ("x" * (4 * 1024 * 1024 + 2), "line: too long"),
        (f"u,{'x' * 200_000},4,{FIRST}", "line: malformed"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_row_is_named_or_set_aside_and_no_other_is_lost(tmp_path, line, reason):
    path = tmp_path / "a.csv"
    bad = line if isinstance(line, bytes) else line.encode()
    path.write_bytes(b"\n".join([NAMED.encode(), GOOD.encode(), bad, GOOD.encode(), GOOD.encode()]))
    with pytest.raises(DatasetError, match=rf"a\.csv, line 3: {reason}") as caught:
        read(path)
    assert len(str(caught.value)) < 800
    records, reasons = read(path, stop=False)
    assert [one.row for one in records] == [2, 4, 5]
    assert reasons == {reason: 1}


def test_an_open_quote_in_the_last_line_takes_no_other_with_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([NAMED, GOOD, f'u,"i,4,{FIRST}', GOOD, f'u,"j,4,{FIRST}']))
    # The two quotes make one cell of what stands between them.
    _, reasons = read(path, stop=False)
    assert reasons in ({"line: malformed": 2}, {"line: wrong number of cells": 1})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"user_id": "u", "stars": 4, "timestamp": 1300000000}', "item_id: missing"),
        (b'{"user_id": [1], "item_id": "i", "timestamp": 1300000000}', "user_id: wrong type"),
        (b'{"user_id": "\\ud800", "item_id": "i", "timestamp": 1300000000}', "user_id: not UTF-8"),
        (
            b'{"user_id": ' + b"9" * 4000 + b', "item_id": "i", "timestamp": 1300000000}',
            "user_id: out of range",
        ),
        (b'{"user_id": true, "item_id": "i", "timestamp": 1300000000}', "user_id: wrong type"),
        (b'{"user_id": "u", "item_id": 1.5, "timestamp": 1300000000}', "item_id: wrong type"),
        (b'{"user_id": "u", "item_id": "i", "item_id": "j"}', "line: repeated key"),
        (b"broken", "line: malformed"),
        (b"{}", "user_id: missing"),
    ],
)
def test_a_bad_line_of_json(tmp_path, line, reason):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join([jsonl(), b"", line, jsonl()]))
    with pytest.raises(DatasetError, match=rf"a\.jsonl, line 5: {reason}"):
        read(path)
    records, reasons = read(path, stop=False)
    assert len(records) == 6
    assert reasons == {reason: 1}


def test_a_bad_row_of_parquet(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(parquet(user=["a", None, "c"], item=["x", "y", "z"]))
    with pytest.raises(DatasetError, match=r"a\.parquet, row 2: user: missing: found None.* Mend the row"):
        read(path)
    assert [one.row for one in read(path, stop=False)[0]] == [1, 3]


def test_what_is_set_aside_names_no_user(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b"\n".join([jsonl(), b'{"user_id": ["SECRET"], "item_id": "i", "timestamp": 1300000000}'])
    )
    aside = io.StringIO()
    faults = Faults(path, stop=False, quarantine=aside)
    list(open_table(path, TableConfig()).records(faults, 5))
    assert json.loads(aside.getvalue())["reason"] == "user_id: wrong type"
    assert "SECRET" not in aside.getvalue()
    with pytest.raises(DatasetError, match="user_id: wrong type") as caught:
        list(open_table(path, TableConfig()).records(Faults(path, stop=True, private=True), 5))
    assert "SECRET" not in str(caught.value)


PARQUET = parquet(**by_column(ROWS * 500))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no records"),
        (b"\n \n", "no records"),
        (NAMED.encode(), "its first line names the columns, and there is no row below"),
        (
            "user,item,text\nu,i,groß\nv,i,weiß\n".encode("latin-1"),
            "none of the 2 below is a row, of which 2 are line: not UTF-8; .*iconv -f latin1 -t utf-8",
        ),
        (b"user_id\na\nb\n", "not a file that PeaPOD knows: its first line is 'user_id"),
        (b"user_id item_id,rating\na b,3\n", "which column names the user and which the item isn't clear"),
        (b"user,item,item,rating\na,b,c,1\n", "the column 'item' stands 2 times"),
        (
            joined(",", NAMED, [("u", "i", "good", FIRST)] * 5),
            "of its first 5 records 5 have rating: wrong type",
        ),
        (
            joined(",", NAMED, [("u", "i", 8, FIRST), *ROWS] * 5),
            "records 5 have rating: out of range: found '8'",
        ),
        (
            joined(",", NAMED, [("u", "i", 4, 7)] * 5),
            "5 have timestamp: out of range.*dataset.table.timestamp: none",
        ),
        (
            jsonl(names=("a", "b", "c", "d")),
            "which column names the user and which the item isn't clear: the columns are 'a', 'b'",
        ),
        (PARQUET[:-40], "a damaged Parquet file"),
        (PARQUET[:200] + b"\xff" * 200 + PARQUET[400:], "a damaged Parquet file"),
        (gzip.compress(PARQUET, mtime=0), "looks like a Parquet file; unpack it first"),
        (gzip.compress(joined(",", NAMED, ROWS * 500), mtime=0)[:-9], "cut short or damaged after line"),
        (joined(",", NAMED).decode().encode("utf-16"), "looks like UTF-16 text"),
        (joined(",", NAMED, end="\r"), r"line ends of old Macs; change them first \(tr"),
        (b"PK\x03\x04 [Content_Types].xml xl/", "an Excel workbook; save it as CSV"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a pointer of Git LFS"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_whole_file_of_another_kind_is_told_by_name_with_the_way_out(tmp_path, content, message):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        list(open_source(path, "auto", iter).interactions(Faults(path, stop=False)).users)
    assert "a.csv" in str(caught.value)
    assert "bad_records" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "table", "found"),
    [
        (joined(",", NAMED, [("u", "i", "good", FIRST)]), {"rating": "none"}, ("u", "i", None, FIRST)),
        (joined(",", NAMED, [("u", "i", 8, FIRST)]), {"highest_rating": 10}, ("u", "i", 4.0, FIRST)),
        (joined(",", NAMED, [("u", "i", 4, 7)]), {"timestamp": "none"}, ("u", "i", 4.0, None)),
        (joined(";", "who;what", [("u", "i")]), {"user": "who", "item": "what"}, ("u", "i", None, None)),
        (joined(";", "", [("u", "i")]), {"user": 1, "item": 2}, ("u", "i", None, None)),
    ],
)
def test_following_the_advice_leads_on(tmp_path, content, table, found):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"dataset\.table\."):
        read(path)
    assert told(read(path, **table)[0]) == [found]
