"""What `train` and `generate` read alike."""

from pathlib import Path

import numpy as np

from pipeline.artifacts import list_matrix, read_table
from pipeline.data.histories import Histories
from pipeline.prompts.inputs import Inputs
from pipeline.tables import (
    CANDIDATES,
    EXPLANATIONS,
    INTERACTIONS,
    ITEM_IDENTIFIERS,
    ITEMS,
    USER_IDENTIFIERS,
)
from pipeline.tasks.dataset import Dataset, Pairs


def dataset_files(data: Path) -> list[Path]:
    """Return what `read_dataset` reads."""
    names = ("items", "train", "validation", "test", "candidates")
    files = [data / "preprocessed" / f"{name}.parquet" for name in names]
    return [*files, data / "explanations/explanations.parquet"]


def input_files(data: Path) -> list[Path]:
    """Return what `read_inputs` reads."""
    return [*dataset_files(data), data / "identifiers/users.parquet", data / "identifiers/items.parquet"]


def read_dataset(data: Path) -> Dataset:
    """Read the artifacts that tasks ask about."""
    preprocessed = data / "preprocessed"
    train, validation, test = (
        read_table(preprocessed / f"{split}.parquet", INTERACTIONS)
        for split in ("train", "validation", "test")
    )
    # Every user has candidates.
    negatives = list_matrix(read_table(preprocessed / "candidates.parquet", CANDIDATES)["negatives"])
    users = len(negatives)
    table = read_table(data / "explanations/explanations.parquet", EXPLANATIONS)
    user = table["user"].to_numpy()
    item = table["item"].to_numpy()
    split = np.array(table["split"].to_pylist(), dtype=object)
    rows = {name: np.flatnonzero(split == name) for name in ("train", "validation", "test")}
    return Dataset(
        item_ids=read_table(preprocessed / "items.parquet", ITEMS)["item_id"].to_pylist(),
        train=Histories.from_tables(users, train),
        validation=Histories.from_tables(users, validation),
        test=Histories.from_tables(users, test),
        known=Histories.from_tables(users, train, validation),
        whole=Histories.from_tables(users, train, validation, test),
        negatives=negatives,
        pairs={name: Pairs(user[row], item[row], row) for name, row in rows.items()},
        texts=table["explanation"].to_pylist(),
    )


def read_inputs(data: Path) -> Inputs:
    """Read the artifacts that prompts are made of."""
    items = read_table(data / "identifiers/items.parquet", ITEM_IDENTIFIERS)
    return Inputs(
        **vars(read_dataset(data)),
        user_mentions=read_table(data / "identifiers/users.parquet", USER_IDENTIFIERS)["mention"].to_pylist(),
        item_mentions=items["mention"].to_pylist(),
        item_answers=items["answer"].to_pylist(),
    )
