"""What `train` and `generate` read alike."""

from pathlib import Path

import numpy as np
import torch

from pipeline.artifacts import list_matrix, read_table
from pipeline.data.histories import Histories
from pipeline.prompts.inputs import Inputs
from pipeline.tables import (
    CANDIDATES,
    EXPLANATIONS,
    INTERACTIONS,
    ITEM_IDENTIFIERS,
    ITEMS,
    NEIGHBOURS,
    USER_IDENTIFIERS,
    USER_VECTORS,
)
from pipeline.tasks.dataset import Pairs


def input_files(data: Path) -> list[Path]:
    """Return what `read_inputs` reads."""
    preprocessed, identifiers, explanations = _folders(data)
    names = ("items", "train", "validation", "test", "candidates")
    files = [preprocessed / f"{name}.parquet" for name in names]
    files += [identifiers / "users.parquet", identifiers / "items.parquet"]
    return [*files, explanations / "explanations.parquet"]


def _folders(data: Path) -> tuple[Path, Path, Path]:
    return data / "preprocessed", data / "identifiers", data / "explanations"


def user_files(data: Path) -> tuple[Path, Path]:
    """Return what `read_users` reads."""
    return data / "embeddings/users.parquet", data / "neighbours/neighbours.parquet"


def read_users(data: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the user embeddings [N, U] and the similar users [N, n]."""
    vectors, similar = user_files(data)
    return (
        torch.tensor(list_matrix(read_table(vectors, USER_VECTORS)["vector"])),
        torch.tensor(list_matrix(read_table(similar, NEIGHBOURS)["neighbours"])),
    )


def read_inputs(data: Path) -> Inputs:
    """Read the artifacts that prompts are made of."""
    preprocessed, identifiers, explanations = _folders(data)
    users = read_table(identifiers / "users.parquet", USER_IDENTIFIERS)["mention"].to_pylist()
    items = read_table(identifiers / "items.parquet", ITEM_IDENTIFIERS)
    train, validation, test = (
        read_table(preprocessed / f"{split}.parquet", INTERACTIONS)
        for split in ("train", "validation", "test")
    )
    table = read_table(explanations / "explanations.parquet", EXPLANATIONS)
    user, item = table["user"].to_numpy(), table["item"].to_numpy()
    split = np.array(table["split"].to_pylist(), dtype=object)
    rows = {name: np.flatnonzero(split == name) for name in ("train", "validation", "test")}
    return Inputs(
        user_mentions=users,
        item_mentions=items["mention"].to_pylist(),
        item_answers=items["answer"].to_pylist(),
        item_ids=read_table(preprocessed / "items.parquet", ITEMS)["item_id"].to_pylist(),
        train=Histories.from_tables(len(users), train),
        validation=Histories.from_tables(len(users), validation),
        test=Histories.from_tables(len(users), test),
        known=Histories.from_tables(len(users), train, validation),
        whole=Histories.from_tables(len(users), train, validation, test),
        negatives=list_matrix(read_table(preprocessed / "candidates.parquet", CANDIDATES)["negatives"]),
        pairs={name: Pairs(user[row], item[row], row) for name, row in rows.items()},
        texts=table["explanation"].to_pylist(),
    )
