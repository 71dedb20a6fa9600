import gzip
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.records import DatasetError
from pipeline.explanations.lexicon import PairCounts
from pipeline.explanations.sentires import read_lexicon, read_reviews, write_lexicon
from pipeline.tables import LEXICON

RECORDS = [
    {
        "user": "u1",
        "item": "i1",
        "rating": 5,
        "text": "The Sound is great. Flimsy strap.",
        "sentence": [("Sound", "great", "The Sound is great.", 1), ("strap", "flimsy", "Flimsy strap.", -1)],
    },
    {"user": 7, "item": "i2", "rating": 1.0, "text": "No."},
    {"user": "u1", "item": "i3", "template": ("price", "low", "A low price.", 1)},
]


def plain(path):
    return [
        (r.number, r.user_id, r.item_id, r.rating, list(map(tuple, r.tuples))) for r in read_reviews(path)
    ]


WANTED = [
    (
        1,
        "u1",
        "i1",
        5.0,
        [("sound", "great", "The Sound is great.", 1), ("strap", "flimsy", "Flimsy strap.", -1)],
    ),
    (2, "7", "i2", 1.0, []),
    (3, "u1", "i3", None, [("price", "low", "A low price.", 1)]),
]


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(RECORDS),
        gzip.compress(pickle.dumps(RECORDS, protocol=2), mtime=0),
        json.dumps(RECORDS).encode(),
        "\n".join(map(json.dumps, RECORDS)).encode() + b"\n",
    ],
)
def test_reads_the_reviews_file(tmp_path, content):
    (tmp_path / "reviews").write_bytes(content)
    assert plain(tmp_path / "reviews") == WANTED


class Bomb:
    def __reduce__(self):
        return print, ("boom",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps([Bomb()]), r"names builtins\.print; only plain data is read"),
        (pickle.dumps({"a": 1}), "found dict, wanted a list of reviews"),
        (b"[1]", "record 1: found 1, wanted user, item, rating and sentence"),
        (b"{broken", "not JSON"),
        (b'{"user": null, "item": "i"}', "record 1: user is None, wanted a raw id"),
        (b'{"user": "u", "item": "i", "rating": "5"}', "rating is '5', wanted a number"),
        (b'{"user": "u", "item": "i", "sentence": "x"}', "sentence is 'x', wanted a list"),
        (b'{"user": "u", "item": "i", "sentence": [["a", "b", "c", 0]]}', "the score not 0"),
        (b'{"user": "u", "item": "i", "sentence": [["a", "", "c", 1]]}', "wanted .feature, opinion"),
        (b'{"user": "u", "item": "i", "template": ["a", "b"]}', "wanted .feature, opinion"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_runs(tmp_path, capsys, content, message):
    path = tmp_path / "reviews.pickle"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        list(read_reviews(path))
    assert capsys.readouterr().out == ""


def test_absent_files_are_named(tmp_path):
    with pytest.raises(DatasetError, match=r"explanations\.path must name Sentires' reviews file"):
        list(read_reviews(tmp_path))
    with pytest.raises(DatasetError, match=r"explanations\.lexicon must name"):
        read_lexicon(tmp_path)


def test_reads_the_lexicon(tmp_path):
    path = tmp_path / "lexicon"
    lines = [
        "# a comment",
        "[1] Sound Quality|great (12, 3)",
        "[-1]\tstrap|flimsy\t(20)",
        "[0.5]price | very low",
        "",
        "[0] case|black (1/1)",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    table = read_lexicon(path)
    assert table.schema == LEXICON
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("strap", "flimsy", -1, 0, 20),
        ("sound quality", "great", 1, 12, 3),
        ("case", "black", None, 1, 1),
        ("price", "very low", 1, 0, 0),
    ]


@pytest.mark.parametrize(
    "line", ["sound|great (1)", "[1] sound great", "[x] a|b", "[1] |b", "[1] a|b (many)"]
)
def test_a_line_that_is_no_entry_is_named(tmp_path, line):
    path = tmp_path / "lexicon"
    path.write_text(f"[1] a|b\n{line}\n", encoding="utf-8")
    with pytest.raises(
        DatasetError, match=r"line 2: found .*wanted \[polarity\] feature\|opinion \(counts\)"
    ):
        read_lexicon(path)


PHRASES = st.text("ab c|(#[", min_size=1, max_size=6).map(lambda text: " ".join(text.split()))
PAIRS = st.lists(st.tuples(PHRASES, PHRASES, st.sampled_from([1, -1, 0])), max_size=30)


@given(PAIRS)
def test_a_written_lexicon_is_read_back(tmp_path_factory, pairs):
    path = tmp_path_factory.getbasetemp() / "lexicon.txt"
    counts = PairCounts()
    for pair in pairs:
        counts.add(*pair)
    table = counts.table()
    write_lexicon(path, table)
    wanted = [
        row
        for row in table.to_pylist()
        if row["feature"]
        and row["opinion"]
        and not set(row["opinion"]) & set("|()")
        and "|" not in row["feature"]
    ]
    assert read_lexicon(path).to_pylist() == wanted
