import json

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
        (lambda folder: folder / "absent", "auto", "absent: no such file or folder; set dataset.raw"),
        (lambda folder: folder, "auto", None),
    ],
)
def test_a_path_of_another_kind_stops(tmp_path, make, wanted, message):
    path = make(tmp_path)
    with pytest.raises(DatasetError, match=message or "no datamaps.json"):
        open_source(path, wanted, iter).interactions(Faults(path, stop=True))
