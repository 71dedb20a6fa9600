"""Tables that audits read."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipeline.tables import INTERACTIONS, ITEM_TEXTS


def interactions(rows: Sequence[tuple[int, int | None]]) -> pa.Table:
    """INTERACTIONS of items and times."""
    columns = {name: [None] * len(rows) for name in INTERACTIONS.names}
    columns |= {"item": [item for item, _ in rows], "timestamp": [time for _, time in rows]}
    return pa.table(columns, schema=INTERACTIONS)


def item_texts(categories: Mapping[int, list[str] | None]) -> pa.Table:
    """ITEM_TEXTS that tell categories alone."""
    columns = {name: [None] * len(categories) for name in ITEM_TEXTS.names}
    columns |= {"item": list(categories), "categories": list(categories.values())}
    return pa.table(columns, schema=ITEM_TEXTS)
