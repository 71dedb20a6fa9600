"""The text of each item: title, categories and brand, or else what train reviews say of it."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

COLUMNS = ("title", "categories", "brand")


def described_texts(texts: pa.Table, items: int, columns: Sequence[str] = COLUMNS) -> list[str]:
    """Return what these columns of ITEM_TEXTS say of each item [I], in one line; "" of nothing."""
    found = [""] * items
    for row in texts.to_pylist():
        parts = [row[name] for name in columns]
        words = [word for part in parts for word in (part if isinstance(part, list) else [part])]
        found[row["item"]] = " ".join(filter(None, words))
    return found


def reviewed_texts(reviews: pa.Table, train: pa.Table, items: int) -> list[str]:
    """Return summary and text of each item's train reviews [I], in the order of the file; "" without any.

    `reviews` are REVIEWS, `train` the INTERACTIONS of the train split: what is held out isn't read.
    """
    said: list[list[str]] = [[] for _ in range(items)]
    kept = reviews.filter(pc.is_in(reviews["row"], value_set=train["row"].combine_chunks().drop_null()))
    for row in kept.select(["item", "summary", "text"]).to_pylist():
        said[row["item"]] += filter(None, [row["summary"], row["text"]])
    return [" ".join(parts) for parts in said]


def item_documents(texts: pa.Table, reviews: pa.Table, train: pa.Table, items: int) -> list[str]:
    """Return the text of each item [I]: what the metadata says of it, else what its train reviews say."""
    described = described_texts(texts, items)
    reviewed = reviewed_texts(reviews, train, items)
    return [known or said for known, said in zip(described, reviewed, strict=True)]
