import tracemalloc

import pytest

from pipeline.artifacts import read_table
from pipeline.data.interactions import collect
from pipeline.data.records import DatasetError, Record
from pipeline.data.reviews import write_reviews
from pipeline.tables import REVIEWS

RECORDS = [
    Record(1, "zoe", "b", 5.0, 300, "good", "a fine b"),
    Record(3, "ann", "b", 4.0, 200, None, None),
    Record(4, "zoe", "a", 1.0, 100, "bad", "no"),
]


def test_kept_reviews_are_written_in_file_order(tmp_path):
    kept = collect(RECORDS).recoded()
    texts = write_reviews(tmp_path / "reviews.parquet", RECORDS, kept)
    table = read_table(tmp_path / "reviews.parquet", REVIEWS).to_pydict()
    assert table == {
        "row": [1, 3, 4],
        "user": [1, 0, 1],
        "item": [1, 1, 0],
        "rating": [5.0, 4.0, 1.0],
        "timestamp": [300, 200, 100],
        "summary": ["good", None, "bad"],
        "text": ["a fine b", None, "no"],
    }
    assert texts.summary() == {"reviews": 3, "empty": 1, "words_mean": 2.0, "words_max": 3}


@pytest.mark.parametrize(
    ("again", "message"),
    [
        (RECORDS[:2], "3 reviews kept, but 2 read again"),
        ([RECORDS[0], RECORDS[1], Record(4, "zoe", "c", 1.0, 100, None, None)], "line 4 isn't what it was"),
        ([RECORDS[0], RECORDS[2]], "line 4 isn't what it was"),
    ],
)
def test_a_source_that_changed_meanwhile_is_noticed(tmp_path, again, message):
    with pytest.raises(DatasetError, match=message):
        write_reviews(tmp_path / "reviews.parquet", again, collect(RECORDS).recoded())
    assert not (tmp_path / "reviews.parquet").exists()


def peak(tmp_path, count, words):
    """Peak of Python's memory while `count` texts of `words` words are written, in bytes."""

    def records():
        for row in range(1, count + 1):
            yield Record(row, "u", "i", 5.0, row, None, f"{row:06d} " * words)

    kept = collect(Record(row, "u", "i", 5.0, row, None, None) for row in range(1, count + 1))
    tracemalloc.start()
    try:
        write_reviews(tmp_path / "reviews.parquet", records(), kept)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_text(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.data.reviews._BATCH", 100)
    small, large = peak(tmp_path, 400, 400), peak(tmp_path, 4000, 400)
    # Ten times the text (11 MB in all), the same batches.
    assert large < 1.5 * small
    assert large < 0.25 * 4000 * 400 * 7


def test_collecting_keeps_no_text():
    def records(words):
        for row in range(1, 3001):
            yield Record(row, f"u{row % 50}", f"i{row % 70}", 5.0, row, None, "word " * words)

    peaks = []
    for words in (1, 2000):
        tracemalloc.start()
        collect(records(words))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # One text of 10 kB at a time, of 30 MB.
    assert peaks[1] < peaks[0] + 100_000
