"""Lines as the three releases have them, lines as nobody should write them, and what becomes of each."""

import gzip
import json

import pytest

from pipeline.data.metadata import MOST_CATEGORIES, read_metadata, to_item
from pipeline.data.records import BadRecordError, DatasetError

OF_2014 = (
    "{'asin': 'B1', 'title': ' A kid\\'s toy', 'salesRank': {'Toys': 1}, "
    "'categories': [['Toys', \"Kid's \"], ['Toys', 'Games', '']], "
    "'brand': 'Acme', 'price': 3.5}"
)
OF_2018 = json.dumps({"category": ["Toys", "Games"], "brand": "", "asin": "B2", "rank": ["1 in Toys"]})
OF_2023 = json.dumps(
    {
        "title": "A 2nd",
        "main_category": "TOYS",
        "categories": [],
        "store": "Acme",
        "parent_asin": "B3",
        "price": None,
    }
)
BARE = json.dumps({"asin": "B4", "brand": None, "categories": None})


def read(tmp_path, *lines, items=("B1", "B2", "B3", "B4"), stop=True, pack=bytes):
    path = tmp_path / "meta.json.gz"
    path.write_bytes(pack(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)))
    return read_metadata(path, items, stop)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_three_releases(tmp_path, pack):
    found = read(tmp_path, OF_2014, "", OF_2018, OF_2023, BARE, pack=pack)
    assert list(zip(found.attributes["item"], found.attributes["attribute"], strict=True)) == [
        (0, "brand: Acme"),
        (0, "category: Games"),
        (0, "category: Kid's"),
        (0, "category: Toys"),
        (1, "category: Games"),
        (1, "category: Toys"),
        (2, "brand: Acme"),
    ]
    told = zip(*(found.texts[name] for name in ("item", "title", "categories", "brand")), strict=True)
    assert list(told) == [
        (0, "A kid's toy", ("Toys", "Kid's", "Games"), "Acme"),
        (1, None, ("Toys", "Games"), None),
        (2, "A 2nd", (), "Acme"),
    ]
    assert found.account == {
        **{"read": 4, "quarantined": 0, "quarantined_by_reason": {}},
        **{"items_described": 3, "attributes": 4},
        **{"repeated": 0, "without_attributes": 1, "of_other_items": 0},
    }


def test_items_are_counted_by_their_place_and_others_left_out(tmp_path):
    found = read(tmp_path, OF_2014, OF_2018, items=["A", "B2", "C"])
    assert set(found.attributes["item"]) == {1}


def test_of_several_records_of_an_item_the_first_that_tells_something_counts(tmp_path):
    lines = [json.dumps({"asin": "B1", "brand": brand}) for brand in ("", "first", "second")]
    assert read(tmp_path, *lines).attributes["attribute"] == ["brand: first"]


def test_a_title_alone_describes_an_item(tmp_path):
    found = read(tmp_path, json.dumps({"asin": "B1", "title": "A toy", "brand": None}))
    assert (found.texts["title"], found.attributes["item"]) == (["A toy"], [])
    assert found.account["items_described"] == 1


def test_no_file_and_an_empty_file_give_nothing(tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    for path in (None, empty):
        found = read_metadata(path, ["B1"], stop=True)
        assert found.attributes == {"item": [], "attribute": []}
        assert found.texts == {"item": [], "title": [], "categories": [], "brand": []}
        assert found.account["items_described"] == 0


HOSTILE = [
    (b"{'asin': __import__('os').system('true')}", "line: malformed"),
    (b"{'asin': 'B1', 'brand': open('x')}", "line: malformed"),
    (b"not JSON", "line: malformed"),
    (b'{"asin": "B1"', "line: malformed"),
    (b"[" * 100_000, "line: malformed"),
    (b'["asin"]', "line: not an object"),
    (b'{"asin": "B1", "brand": "\xff"}', "line: not UTF-8"),
    (b'{"asin": "B1", "asin": "B2"}', "line: repeated key"),
    (b'{"title": "no id"}', "asin: no id"),
    (b'{"asin": 7}', "asin: no id"),
    (b'{"parent_asin": " "}', "parent_asin: no id"),
    (b'{"asin": "B1", "categories": "Toys"}', "categories: wrong type"),
    (b'{"asin": "B1", "category": {"Toys": 1}}', "category: wrong type"),
    (b'{"asin": "B1", "categories": [["Toys", 7]]}', "categories: wrong type"),
    (b'{"asin": "B1", "categories": [[["Toys"]]]}', "categories: wrong type"),
    (b'{"asin": "B1", "categories": ["\\ud800"]}', "categories: not UTF-8"),
    (b'{"asin": "B1", "brand": ["Acme"]}', "brand: wrong type"),
    (b'{"asin": "B1", "title": ["A toy"]}', "title: wrong type"),
    (b'{"asin": "B1", "title": "\\udc00"}', "title: not UTF-8"),
    (b'{"asin": "B1", "store": 1e999}', "store: wrong type"),
    (
        json.dumps({"asin": "B1", "category": list(map(str, range(MOST_CATEGORIES + 1)))}).encode(),
        "categories: too many",
    ),
]


@pytest.mark.parametrize(("line", "reason"), HOSTILE)
def test_a_hostile_line_is_counted_or_stops_with_its_place(tmp_path, line, reason):
    found = read(tmp_path, OF_2014, line, stop=False)
    assert found.account["quarantined_by_reason"] == {reason: 1}
    assert found.account["read"] == 2
    assert found.account["items_described"] == 1
    with pytest.raises(DatasetError, match=rf"meta\.json\.gz, line 2: {reason}: found"):
        read(tmp_path, OF_2014, line)


def test_a_fault_names_field_value_and_what_is_wanted():
    with pytest.raises(BadRecordError, match="brand: wrong type: found 7, wanted a string"):
        to_item({"asin": "B1", "brand": 7})


def test_metadata_of_other_items_is_told(tmp_path):
    with pytest.raises(
        DatasetError, match=r"none of 2 records tells .* \(bad records: {'line: malformed': 1}\)"
    ):
        read(tmp_path, OF_2014, "{", items=["X"], stop=False)


@pytest.mark.parametrize("name", ["absent.json", ""])
def test_what_is_no_file_is_named(tmp_path, name):
    with pytest.raises(DatasetError, match=r"no such file; dataset\.metadata must name a metadata file"):
        read_metadata(tmp_path / name, ["B1"], stop=True)


def test_a_damaged_gzip_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"meta\.json\.gz: the gzip file is cut short or damaged"):
        read(tmp_path, *[OF_2018] * 100, pack=lambda content: gzip.compress(content)[:-9])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04....\n{}\n", "a zip archive"),
        (b"[\n" + OF_2014.encode() + b",\n" + OF_2014.encode() + b"\n]\n", "a JSON array"),
        (b'{\n"asin": "B1"\n}\n', "a JSON object over several lines"),
    ],
)
@pytest.mark.parametrize("stop", [True, False])
def test_a_file_of_another_kind_is_told_and_not_taken_line_by_line(tmp_path, content, kind, stop):
    path = tmp_path / "meta.json"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=f"meta.json: looks like {kind}"):
        read_metadata(path, ["B1"], stop)


def test_what_says_nothing_hides_no_other_name_and_every_record_is_accounted_for(tmp_path):
    lines = [
        {"asin": "B1", "brand": "", "store": "Pearl", "categories": [], "category": ["Drums"]},
        {"asin": "B1", "brand": "Other"},
        {"asin": "B2"},
        {"asin": "B9", "brand": "Other"},
        {"asin": 7},
    ]
    path = tmp_path / "meta.json"
    path.write_text("\n".join(map(json.dumps, lines)))
    found = read_metadata(path, ["B1", "B2"], stop=False)
    assert found.attributes["attribute"] == ["brand: Pearl", "category: Drums"]
    names = ("items_described", "repeated", "without_attributes", "of_other_items", "quarantined")
    assert [found.account[name] for name in ("read", *names)] == [5, 1, 1, 1, 1, 1]
