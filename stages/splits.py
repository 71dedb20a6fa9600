"""What `baseline` and `assistant` read alike."""

from pathlib import Path

from pipeline import tables
from pipeline.artifacts import read_table
from pipeline.recommenders.ranking.baseline import Splits

NAMES = ("train", "validation", "test", "candidates", "users", "items", "attributes", "item_texts")


def split_files(data: Path) -> list[Path]:
    """Return what `read_splits` reads."""
    return [data / f"preprocessed/{name}.parquet" for name in NAMES]


def read_splits(data: Path) -> Splits:
    """Read what recommenders learn from and are asked for."""
    folder = data / "preprocessed"
    items = read_table(folder / "items.parquet", tables.ITEMS)
    train, validation, test = (
        read_table(folder / f"{part}.parquet", tables.INTERACTIONS)
        for part in ("train", "validation", "test")
    )
    return Splits(
        train=train,
        validation=validation,
        test=test,
        candidates=read_table(folder / "candidates.parquet", tables.CANDIDATES),
        users=len(read_table(folder / "users.parquet", tables.USERS)),
        items=len(items),
        attributes=read_table(folder / "attributes.parquet", tables.ATTRIBUTES),
        texts=read_table(folder / "item_texts.parquet", tables.ITEM_TEXTS),
        item_ids=items["item_id"].to_pylist(),
    )
