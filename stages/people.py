"""Who users and what items are, and what a teacher says: what `train` reads beside the prompts."""

from pathlib import Path

import torch

from pipeline.artifacts import list_matrix, read_table
from pipeline.model.bundle import People
from pipeline.prompts.inputs import Inputs
from pipeline.tables import ITEM_TEXTS, ITEM_VECTORS, NEIGHBOURS, TEACHER, USER_VECTORS, USERS
from pipeline.training.teacher import Taught
from stages.prompt_inputs import input_files


def training_files(root: Path) -> list[Path]:
    """Return what training reads: tokenizer, what `read_inputs`, `read_vectors` and `read_taught` read."""
    data = root / "data"
    return [root / "models/tokenizer", *input_files(data), *_vector_files(data), _teacher_file(data)]


def _teacher_file(data: Path) -> Path:
    return data / "teacher/teacher.parquet"


def read_taught(data: Path, share: float) -> Taught | None:
    """Return the teacher's targets for `share` of the samples, None where there is no teacher."""
    targets = read_table(_teacher_file(data), TEACHER)["targets"]
    return Taught(list_matrix(targets), share) if len(targets) else None


def _vector_files(data: Path) -> tuple[Path, Path, Path]:
    embeddings = data / "embeddings"
    return embeddings / "users.parquet", data / "neighbours/neighbours.parquet", embeddings / "items.parquet"


def read_vectors(data: Path) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the user embeddings [N, U], the similar users [N, n] and the item vectors [I, U]."""
    users, similar, items = _vector_files(data)
    return (
        torch.tensor(list_matrix(read_table(users, USER_VECTORS)["vector"])),
        torch.tensor(list_matrix(read_table(similar, NEIGHBOURS)["neighbours"])),
        torch.tensor(list_matrix(read_table(items, ITEM_VECTORS)["vector"])),
    )


def read_people(data: Path, inputs: Inputs) -> People:
    """Read who users and what items are, for a bundle; `inputs` is of the same data."""
    texts = read_table(data / "preprocessed/item_texts.parquet", ITEM_TEXTS)
    titles = dict(zip(texts["item"].to_pylist(), texts["title"].to_pylist(), strict=True))
    embeddings = data / "embeddings"
    return People(
        user_ids=read_table(data / "preprocessed/users.parquet", USERS)["user_id"].to_pylist(),
        user_mentions=inputs.user_mentions,
        user_vectors=list_matrix(read_table(embeddings / "users.parquet", USER_VECTORS)["vector"]),
        item_ids=inputs.item_ids,
        item_mentions=inputs.item_mentions,
        item_answers=inputs.item_answers,
        item_titles=[titles.get(item) for item in range(len(inputs.item_ids))],
        item_vectors=list_matrix(read_table(embeddings / "items.parquet", ITEM_VECTORS)["vector"]),
        train=inputs.train,
        known=inputs.known,
        whole=inputs.whole,
        new_items=data / "identifiers/new_items",
    )
