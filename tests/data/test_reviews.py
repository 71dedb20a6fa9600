import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from pyarrow.parquet import ParquetFile

from pipeline.artifacts import read_table
from pipeline.data.interactions import collect
from pipeline.data.records import Record
from pipeline.data.reviews import write_reviews
from pipeline.data.set_aside import TextsSetAside
from pipeline.tables import REVIEWS

RECORDS = [
    Record(1, "zoe", "b", 5.0, 300, "good", "a fine b"),
    Record(3, "ann", "b", 4.0, 200, None, None),
    Record(4, "zoe", "a", 1.0, 100, "bad", "no"),
]


def set_aside(folder, records):
    """Interactions of the records, and their texts."""
    texts = TextsSetAside(folder)
    return collect(texts.passing(records)), texts


def written(path, records, chosen):
    read, texts = set_aside(path.parent, records)
    kept = read.take(np.array(chosen)).recoded()
    return write_reviews(path, texts.of_rows(kept.rows), kept)


def test_kept_reviews_are_written_in_file_order(tmp_path):
    texts = written(tmp_path / "reviews.parquet", RECORDS, [0, 1, 2])
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


@pytest.mark.parametrize("limits", [(4096, 4 * 2**20), (3, 100), (7, 10), (10, 1)])
@pytest.mark.parametrize("group", [1, 10, 16])
def test_batches_set_aside_and_row_groups_need_not_agree(tmp_path, monkeypatch, limits, group):
    monkeypatch.setattr("pipeline.data.set_aside._RECORDS", min(limits[0], group))
    monkeypatch.setattr("pipeline.data.set_aside._CHARACTERS", limits[1])
    monkeypatch.setattr("pipeline.data.reviews._ROW_GROUP", group)
    records = [
        Record(3 * n, f"u{n % 5}", f"i{n % 3}", 4.0, n, f"s{n}", "x" * n or None) for n in range(1, 60)
    ]
    chosen = [n for n in range(59) if n % 7 not in (2, 3) and not 20 <= n < 40]
    written(tmp_path / "reviews.parquet", records, chosen)
    table = read_table(tmp_path / "reviews.parquet", REVIEWS).to_pydict()
    assert table["row"] == [records[n].row for n in chosen]
    assert table["text"] == [records[n].text for n in chosen]
    assert table["summary"] == [records[n].summary for n in chosen]
    assert table["timestamp"] == [records[n].timestamp for n in chosen]
    file = ParquetFile(tmp_path / "reviews.parquet")
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert sizes[:-1] == [group] * (len(sizes) - 1)


def peak(tmp_path, count, words):
    """Peak of Python's and Arrow's memory while `count` texts of `words` words pass, in bytes."""

    def records():
        for row in range(1, count + 1):
            yield Record(row, "u", "i", 5.0, row, None, f"{row:06d} " * words)

    pool = pa.proxy_memory_pool(pa.default_memory_pool())
    before = pa.default_memory_pool()
    pa.set_memory_pool(pool)
    tracemalloc.start()
    try:
        written(tmp_path / "reviews.parquet", records(), list(range(count)))
        return tracemalloc.get_traced_memory()[1] + pool.max_memory()
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(before)


def test_memory_does_not_grow_with_the_text(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.data.reviews._ROW_GROUP", 100)
    monkeypatch.setattr("pipeline.data.set_aside._RECORDS", 100)
    small, large = peak(tmp_path, 400, 400), peak(tmp_path, 4000, 400)
    # Ten times the text (11 MB in all), the same batches.
    assert large < 1.5 * small
    assert large < 0.5 * 4000 * 400 * 7


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
