"""What `train` and `generate` read alike."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.artifacts import ArtifactError, list_matrix, read_table
from pipeline.data.histories import Histories
from pipeline.data.next_items import read_choices
from pipeline.prompts.inputs import Inputs
from pipeline.tables import (
    CANDIDATES,
    CHOICES,
    EXPLANATIONS,
    INTERACTIONS,
    ITEM_IDENTIFIERS,
    ITEMS,
    USER_IDENTIFIERS,
)
from pipeline.tasks.base import Task
from pipeline.tasks.choice import CHOICE
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


def test_files(data: Path, tasks: Sequence[Task]) -> list[Path]:
    """Return what `read_tests` reads."""
    return [*dataset_files(data), *([data / "choices/choices.parquet"] if CHOICE in tasks else [])]


def read_tests(data: Path, tasks: Sequence[Task]) -> Dataset:
    """Read what `tasks` ask about after training: the dataset, and stored candidates for the choice task."""
    dataset = read_dataset(data)
    if CHOICE not in tasks:
        return dataset
    stored = read_choices(read_table(data / "choices/choices.parquet", CHOICES))
    if "test" not in stored:
        raise ArtifactError(
            f"{data / 'choices/choices.parquet'}: no candidates for tests; set choices.redraws to 1 or more"
        )
    return replace(dataset, choices=stored)


def read_inputs(data: Path) -> Inputs:
    """Read the artifacts that prompts are made of."""
    items = read_table(data / "identifiers/items.parquet", ITEM_IDENTIFIERS)
    return Inputs(
        **vars(read_dataset(data)),
        user_mentions=read_table(data / "identifiers/users.parquet", USER_IDENTIFIERS)["mention"].to_pylist(),
        item_mentions=items["mention"].to_pylist(),
        item_answers=items["answer"].to_pylist(),
    )
