"""The texts of the kept reviews, streamed from the source to `reviews.parquet`."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.artifacts import make_table, table_writer
from pipeline.data.interactions import Interactions
from pipeline.data.records import DatasetError, Record
from pipeline.data.statistics import TextStatistics
from pipeline.tables import REVIEWS

_BATCH = 4096


def write_reviews(path: Path, records: Iterable[Record], kept: Interactions) -> TextStatistics:
    """Write the texts of the kept interactions, in file order, in batches: memory doesn't grow with text.

    `records` are those of the kept rows, read anew. Raises DatasetError when they aren't the interactions
    that the first reading kept.
    """
    texts = TextStatistics()
    remaining = iter(records)
    start = 0
    with table_writer(path, REVIEWS) as writer:
        while batch := list(islice(remaining, _BATCH)):
            writer.write_table(make_table(REVIEWS, _columns(batch, kept, start)))
            for record in batch:
                texts.add(record.text)
            start += len(batch)
        if start != len(kept):
            raise DatasetError(
                f"{len(kept)} reviews kept, but {start} read again: the source has changed meanwhile"
            )
    return texts


def _columns(batch: list[Record], kept: Interactions, start: int) -> dict[str, Any]:
    part = kept.take(slice(start, start + len(batch)))
    for record, row, user, item in zip(batch, part.rows, part.users, part.items, strict=False):
        if (record.row, record.user_id, record.item_id) != (row, kept.user_ids[user], kept.item_ids[item]):
            raise DatasetError(f"line {record.row} isn't what it was: the source has changed meanwhile")
    return {
        "row": part.rows,
        "user": part.users,
        "item": part.items,
        "rating": part.ratings,
        "timestamp": part.timestamps,
        "summary": [record.summary for record in batch],
        "text": [record.text for record in batch],
    }
