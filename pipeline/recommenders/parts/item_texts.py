"""Item texts as the baselines take them: title and categories in one."""

import pyarrow as pa


def item_texts(texts: pa.Table, items: int) -> list[str] | None:
    """Return title and categories (ITEM_TEXTS) of each item [I], "" of one without; None where all are so."""
    found = [""] * items
    for row in texts.to_pylist():
        found[row["item"]] = " ".join(filter(None, [row["title"], *row["categories"]]))
    return found if any(found) else None
