import gzip
import json
import pickle

import pytest

from pipeline.data.p5_explanations import P5Explanation, read_p5_explanations
from pipeline.data.records import DatasetError

MAPS = {"id2user": {"1": "zoe", "2": "ann"}, "id2item": {"1": "b", "2": "1"}}
LISTS = {
    "train": [{"user": "zoe", "item": "b", "explanation": "good tone", "feature": "tone"}],
    "val": [{"user": 2, "item": "b", "explanation": "fair price", "feature": "price"}],
    "test": [{"reviewerID": "ann", "asin": "1", "explanation": "a lid", "overall": 4.0}],
}
WANTED = [
    P5Explanation("zoe", "b", "good tone", "tone", "train"),
    P5Explanation("ann", "b", "fair price", "price", "validation"),
    # "1" is a raw id here, and so not the number of b.
    P5Explanation("ann", "1", "a lid", None, "test"),
]


def folder(tmp_path, name, content):
    (tmp_path / "datamaps.json").write_text(json.dumps(MAPS))
    (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("explanation.json", json.dumps(LISTS).encode()),
        ("explanation.json.gz", gzip.compress(json.dumps(LISTS).encode(), mtime=0)),
        ("exp_splits.pkl", pickle.dumps(LISTS, 2)),
        ("exp_splits.pkl.gz", gzip.compress(pickle.dumps(LISTS), mtime=0)),
    ],
)
def test_every_form_reads_to_the_same_records(tmp_path, name, content):
    assert read_p5_explanations(folder(tmp_path, name, content)) == WANTED


def test_a_folder_without_explanations_has_none(tmp_path):
    (tmp_path / "datamaps.json").write_text(json.dumps(MAPS))
    assert read_p5_explanations(tmp_path) is None


GOOD = {"user": "zoe", "item": "b", "explanation": "good tone", "feature": "tone"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"user": "bob"},
            "json, train record 2: user or reviewerID is 'bob', wanted a number or a raw id",
        ),
        ({"item": 7}, "item or asin is 7, wanted a number or a raw id of id2item"),
        ({"item": True}, "item or asin is True"),
        ({"explanation": ""}, "train record 2: explanation is '', wanted a non-empty string"),
        ({"explanation": None}, "explanation is None"),
        ({"feature": 3}, "feature is 3, wanted a string"),
    ],
)
def test_a_bad_record_is_named(tmp_path, change, message):
    lists = {**LISTS, "train": [GOOD, {**GOOD, **change}]}
    with pytest.raises(DatasetError, match=message):
        read_p5_explanations(folder(tmp_path, "explanation.json", json.dumps(lists).encode()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "explanation.json: not JSON"),
        (b"[]", "found list, wanted lists by name"),
        (b'{"train": [], "val": []}', r"no list test; it has \['train', 'val'\]"),
        (b'{"train": [5], "val": [], "test": []}', "train record 1: found 5"),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path, content, message):
    with pytest.raises(DatasetError, match=message):
        read_p5_explanations(folder(tmp_path, "explanation.json", content))


def test_beside_openp5s_histories_ids_are_raw(tmp_path):
    (tmp_path / "user_sequence.txt").write_text("A1 B1 B2 B3\n")
    one = {"user": "A1", "item": "B2", "explanation": "a fine one", "feature": "one"}
    (tmp_path / "explanation.json").write_text(json.dumps({"train": [one], "val": [], "test": []}))
    found = read_p5_explanations(tmp_path)
    assert [(given.user_id, given.item_id) for given in found] == [("A1", "B2")]
    (tmp_path / "explanation.json").write_text(
        json.dumps({"train": [{**one, "item": ""}], "val": [], "test": []})
    )
    with pytest.raises(DatasetError, match="item or asin is ''"):
        read_p5_explanations(tmp_path)
