"""The texts of the kept reviews, from where they were set aside to `reviews.parquet`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from pipeline.artifacts import make_table, table_writer
from pipeline.data.interactions import Interactions, with_nulls
from pipeline.data.text_statistics import TextStatistics
from pipeline.tables import REVIEWS

_ROW_GROUP = 4096


def write_reviews(path: Path, texts: Iterable[pa.Table], kept: Interactions) -> TextStatistics:
    """Write the kept reviews in file order, in row groups: memory doesn't grow with the volume of text.

    `texts` are tables of `row`, `summary` and `text`, together those of the kept rows in order.
    """
    statistics = TextStatistics()
    start = 0
    with table_writer(path, REVIEWS) as writer:
        for group in _regrouped(texts):
            part = kept.take(slice(start, start + len(group)))
            columns = {
                "user": part.users,
                "item": part.items,
                "rating": with_nulls(part.ratings, len(part)),
                "timestamp": with_nulls(part.timestamps, len(part)),
                **{name: group[name] for name in group.column_names},
            }
            writer.write_table(make_table(REVIEWS, columns))
            statistics.add(group["text"].chunk(0))
            start += len(group)
    return statistics


def _regrouped(texts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield tables of _ROW_GROUP rows, the last one shorter; each column is one chunk."""
    waiting: list[pa.Table] = []
    for table in texts:
        waiting.append(table)
        if sum(map(len, waiting)) >= _ROW_GROUP:
            together = pa.concat_tables(waiting)
            yield together.slice(0, _ROW_GROUP).combine_chunks()
            # A batch never has more rows than a row group.
            waiting = [together.slice(_ROW_GROUP)]
    if rest := sum(map(len, waiting)):
        yield pa.concat_tables(waiting).slice(0, rest).combine_chunks()
