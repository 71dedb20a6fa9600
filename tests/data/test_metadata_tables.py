"""Item metadata as TSV and CSV: what a line tells, which headers are taken, what is wrong with bad lines."""

import gzip
from pathlib import Path

import pytest

from pipeline.data.metadata import read_metadata
from pipeline.data.metadata_tables import table_header
from pipeline.data.records import DatasetError

TSV = (
    b"item\tasin\ttitle\tcategories\tcodes\n"
    b'1\tB1\t5" brush, "red"\tBeauty > Nails > Nail Polish | Beauty > Sets\t<a>\n'
    b"\n"
    b"2\t B2 \t\tBeauty\t<b>\n"
    b"3\tB3\t\t\t<c>\n"
    b"4\tB4\tOther\t\t<d>\n"
)
CSV = b'Title,Item_ID,Brand\r\n"Brush, 5"" long",B1,Acme\r\nGloss,B2,\r\n'
SEMICOLONS = b'Title;Item_ID;Brand\n"Brush, 5"" long";B1;Acme\nGloss;B2;\n'


def read(tmp_path, content, items=("B1", "B2", "B3"), stop=True):
    path = tmp_path / "items"
    path.write_bytes(content)
    return read_metadata(path, items, stop)


def told(found):
    names = ("item", "title", "categories", "brand")
    return list(zip(*(found.texts[name] for name in names), strict=True))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_tsv_by_its_columns(tmp_path, pack):
    found = read(tmp_path, pack(TSV))
    assert told(found) == [
        (0, '5" brush, "red"', ("Beauty", "Nails", "Nail Polish", "Sets"), None),
        (1, None, ("Beauty",), None),
    ]
    assert found.attributes["attribute"] == [
        *["category: Beauty", "category: Nail Polish", "category: Nails", "category: Sets"],
        "category: Beauty",
    ]
    wanted = {"read": 4, "items_described": 2, "without_attributes": 1, "of_other_items": 1}
    assert wanted.items() <= found.account.items()


@pytest.mark.parametrize("content", [CSV, b"\xef\xbb\xbf" + CSV, SEMICOLONS])
def test_a_csv_with_quotes_marks_and_capitals(tmp_path, content):
    found = read(tmp_path, content)
    assert told(found) == [(0, 'Brush, 5" long', (), "Acme"), (1, "Gloss", (), None)]


@pytest.mark.parametrize(
    ("name", "first"), [("parent_asin", "P"), ("asin", "A"), ("item_id", "I"), ("item", "N")]
)
def test_the_first_column_of_ids_that_there_is_counts(tmp_path, name, first):
    columns = ["item", "item_id", "asin", "parent_asin"]
    columns = columns[: columns.index(name) + 1]
    values = [{"parent_asin": "P", "asin": "A", "item_id": "I", "item": "N"}[column] for column in columns]
    content = "\n".join("\t".join(line) for line in ([*columns, "title"], [*values, "Gloss"]))
    assert told(read(tmp_path, content.encode(), items=[first])) == [(0, "Gloss", (), None)]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (TSV + b"5\tB5\n", 7, "line: wrong number of cells"),
        (TSV + b"5\tB5\ta\tb\tc\td\n", 7, "line: wrong number of cells"),
        (TSV + b"5\t \tTitle\t\t\n", 7, "asin: no id"),
        (TSV + b"5\tB5\t\xff\t\t\n", 7, "line: not UTF-8"),
        (CSV + b'"Gloss,B3,Acme\n', 4, "line: malformed"),
        (CSV + b'"Gloss" red,B3,Acme\n', 4, "line: malformed"),
        (CSV + b"a" * 200_000 + b",B3,Acme\n", 4, "line: malformed"),
    ],
)
def test_a_bad_line_is_counted_or_stops_with_its_place(tmp_path, content, line, reason):
    found = read(tmp_path, content, stop=False)
    assert found.account["quarantined_by_reason"] == {reason: 1}
    assert found.account["items_described"] == 2
    with pytest.raises(DatasetError, match=rf"items, line {line}: {reason}: found .*, wanted "):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"sku\ttitle\nB1\tGloss\n", r"columns \['sku', 'title'\], none of them parent_asin or asin or"),
        (b"B1\tGloss\nB2\tBalm\n", "a table's first line names its columns, that of the item ids so"),
        (b"asin,title,title\nB1,Gloss,Balm\n", "two columns are called title; rename one of them"),
    ],
)
@pytest.mark.parametrize("stop", [True, False])
def test_a_header_that_does_not_serve_is_named(tmp_path, content, message, stop):
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, content, stop=stop)


def test_numbers_where_the_reviews_have_names_are_told_with_an_example(tmp_path):
    with pytest.raises(DatasetError, match="by the same ids, as 'B1'"):
        read(tmp_path, b"item,title\n1,Gloss\n2,Balm\n")


def test_the_advice_on_a_header_works(tmp_path):
    assert told(read(tmp_path, b"asin\ttitle\nB1\tGloss\nB2\tBalm\n")) == [
        (0, "Gloss", (), None),
        (1, "Balm", (), None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        b'{"asin": "B1", "title": "x"}',
        b"{'asin': 'B1'}",
        b"",
        b"not JSON, not a table",
        b'{\t"asin": "B1"}',
        b'"',
    ],
)
def test_lines_of_json_are_no_header(line):
    assert table_header(Path("items"), line) is None
