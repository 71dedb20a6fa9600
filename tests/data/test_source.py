import gzip
import json
from dataclasses import replace

import pytest

from pipeline.artifacts import read_table
from pipeline.data.records import DatasetError, Faults
from pipeline.data.source import P5Source, RecordSource, open_source
from pipeline.tables import REVIEWS

LINE = {"reviewerID": "A", "asin": "B", "overall": 4, "unixReviewTime": 1393545600, "reviewText": "fine"}


def amazon(tmp_path):
    path = tmp_path / "raw.json"
    lines = [json.dumps(LINE), "broken", json.dumps({**LINE, "asin": "C", "reviewText": "so so"})]
    path.write_text("\n".join(lines))
    return path


def p5(tmp_path):
    (tmp_path / "sequential_data.txt").write_text("1 1 2 3\n")
    maps = {"id2user": {"1": "A"}, "id2item": {"1": "B", "2": "C", "3": "D"}}
    (tmp_path / "datamaps.json").write_text(json.dumps(maps))
    return tmp_path


def test_a_file_is_read_once_and_shows_progress(tmp_path):
    path, walks = amazon(tmp_path), []

    def progress(records):
        walks.append(list(records))
        return walks[-1]

    source = open_source(path, "auto", progress, scratch=tmp_path)
    assert isinstance(source, RecordSource)
    assert source.format == "amazon2014"
    found = source.interactions(Faults(path, stop=False))
    path.unlink()
    assert list(tmp_path.iterdir()) == []  # What is set aside has no name.
    kept = found.take(found.items == 1).recoded()
    source.write_reviews(tmp_path / "reviews.parquet", kept)
    assert read_table(tmp_path / "reviews.parquet", REVIEWS)["text"].to_pylist() == ["so so"]
    assert [len(walk) for walk in walks] == [2]
    assert source.negatives(kept, 9) is None
    assert source.explanations() == []


def test_without_scratch_no_text_is_set_aside(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", None)
    path = amazon(tmp_path)
    assert len(open_source(path, "auto", iter).interactions(Faults(path, stop=False))) == 2


def test_a_folder_is_p5(tmp_path):
    source = open_source(p5(tmp_path), "auto", iter)
    assert isinstance(source, P5Source)
    found = source.interactions(Faults(tmp_path, stop=True))
    assert len(found) == 3
    assert source.write_reviews(tmp_path / "reviews.parquet", found).reviews == 0
    assert read_table(tmp_path / "reviews.parquet", REVIEWS).num_rows == 0
    assert source.negatives(found, 1) is None
    assert source.explanations() == []


@pytest.mark.parametrize(
    ("make", "wanted", "message"),
    [
        (p5, "amazon2014", "a folder; dataset.format amazon2014 wants a file"),
        (amazon, "p5", "a file; dataset.format p5 wants a folder"),
        (lambda folder: folder / "absent", "auto", "absent: no such file or folder; name yours"),
        (lambda folder: folder, "auto", None),
    ],
)
def test_a_path_of_another_kind_stops(tmp_path, make, wanted, message):
    path = make(tmp_path)
    with pytest.raises(DatasetError, match=message or "no datamaps.json"):
        open_source(path, wanted, iter).interactions(Faults(path, stop=True))


HISTORIES = {
    "P5": ("sequential_data.txt", "negative_samples.txt"),
    "POD": ("sequential.txt", "negative.txt"),
}


@pytest.mark.parametrize("names", HISTORIES.values(), ids=HISTORIES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_folders_of_p5_and_of_pod_hold_the_same(tmp_path, names, pack):
    p5(tmp_path)
    (tmp_path / "sequential_data.txt").unlink()
    ending = "" if pack is bytes else ".gz"
    for name, content in zip(names, (b"1 1 2\n", b"1 3\n"), strict=True):
        (tmp_path / f"{name}{ending}").write_bytes(pack(content))
    explanation = {"user": "1", "item": "2", "explanation": "a fine one", "feature": "one"}
    (tmp_path / "explanation.json").write_text(json.dumps({"train": [explanation], "val": [], "test": []}))
    source = open_source(tmp_path, "auto", iter)
    found = source.interactions(Faults(tmp_path, stop=True))
    assert (found.user_ids, found.item_ids) == (["A"], ["B", "C"])
    assert [one.item_id for one in source.explanations()] == ["C"]
    everyone = replace(found, item_ids=["B", "C", "D"])
    assert source.negatives(everyone, 1).tolist() == [[2]]


def test_two_names_of_one_file_are_refused(tmp_path):
    p5(tmp_path)
    (tmp_path / "sequential.txt").write_text("1 1 2 3\n")
    with pytest.raises(
        DatasetError, match=r"holds both sequential_data\.txt and sequential\.txt.*take one away"
    ):
        open_source(tmp_path, "auto", iter).interactions(Faults(tmp_path, stop=True))
    (tmp_path / "sequential.txt").unlink()
    assert len(open_source(tmp_path, "auto", iter).interactions(Faults(tmp_path, stop=True))) == 3


@pytest.mark.parametrize("wanted", ["auto", "p5"])
@pytest.mark.parametrize("name", ["user_sequence.txt", "user_sequence.txt.gz"])
def test_openp5_names_users_and_items_by_their_raw_ids(tmp_path, name, wanted):
    content = b"A1 B2 B1\nA2 B1 B3 B2 B4\n"
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    for path in (tmp_path, tmp_path / name):
        source = open_source(path, wanted, iter)
        found = source.interactions(Faults(path, stop=True))
        assert source.format == "p5"
        assert found.user_ids == ["A1", "A2"]
        assert [found.item_ids[item] for item in found.items] == ["B2", "B1", "B1", "B3", "B2", "B4"]
        assert source.negatives(found, 9) is None
        assert source.explanations() == []


def test_histories_are_told_by_their_lines(tmp_path):
    (tmp_path / "own.txt").write_text("a x y z\nb x y z w v\n")
    assert open_source(tmp_path / "own.txt", "auto", iter).format == "p5"
    (tmp_path / "own.txt").write_text("1 7 3.0\n2 7 4.5\n2\n")
    assert open_source(tmp_path / "own.txt", "auto", iter).format == "table (text with spaces)"


def test_one_file_of_a_p5_folder_says_that_the_folder_is_wanted(tmp_path):
    path = p5(tmp_path) / "sequential_data.txt"
    with pytest.raises(DatasetError, match=r"one file of a P5 folder; dataset\.raw must name the folder"):
        open_source(path, "auto", iter)


def test_a_folder_of_examples(tmp_path):
    for name, text in (("id2name.txt", "0::a\n"), ("llara_train_sequences.jsonl", '{"items": [0]}\n')):
        (tmp_path / name).write_text(text)
    for split in ("val", "test"):
        (tmp_path / f"llara_{split}.jsonl").write_text('{"seq": [], "next": 0}\n')
    assert open_source(tmp_path, "auto", iter).format == "llara"
    # Beside raw ratings they have to be asked for.
    (tmp_path / "u.data").write_text("1\t1\t5\t881250949\n")
    assert open_source(tmp_path, "auto", iter).format == "table (TSV)"
    assert open_source(tmp_path, "llara", iter).format == "llara"
    with pytest.raises(DatasetError, match=r"u\.data: a file; dataset\.format llara wants a folder"):
        open_source(tmp_path / "u.data", "llara", iter)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("u.data", "1\t2\t3\t881250949\n"),
        ("u.data.gz", "1\t2\t3\t881250949\n"),
        ("ratings.dat", "1::2::3::881250949\n"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,2,3.0,881250949\n"),
    ],
)
def test_a_folder_of_movielens(tmp_path, name, content):
    data = content.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    (tmp_path / "README").write_text("as it is shipped")
    for path in (tmp_path, tmp_path / name):
        found = open_source(path, "auto", iter).interactions(Faults(path, stop=True))
        assert (found.user_ids, found.item_ids) == (["1"], ["2"])
        assert (found.ratings.tolist(), found.timestamps.tolist()) == ([3.0], [881250949])


def test_a_table_without_ratings_and_times_has_none_in_its_reviews(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("user,item,text\nA,B,fine\nA,C,\n")
    source = open_source(path, "auto", iter, scratch=tmp_path)
    found = source.interactions(Faults(path, stop=True))
    assert found.ratings is found.timestamps is None
    assert source.columns == {"user": "user", "item": "item", "text": "text"}
    source.write_reviews(tmp_path / "reviews.parquet", found.recoded())
    rows = read_table(tmp_path / "reviews.parquet", REVIEWS).to_pylist()
    assert [(row["rating"], row["timestamp"], row["text"]) for row in rows] == [
        (None, None, "fine"),
        (None, None, None),
    ]


def test_amazon_said_of_a_table_leads_to_the_table(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"user_id": "A", "item_id": "B", "stars": 4}))
    with pytest.raises(DatasetError, match=r"not amazon2023: .*parent_asin.*dataset\.format: table"):
        open_source(path, "amazon2023", iter)
    for wanted in ("table", "auto"):
        assert open_source(path, wanted, iter).format == "table (JSON lines)"
