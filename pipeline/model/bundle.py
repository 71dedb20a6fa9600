"""A bundle: one folder that answers questions anywhere, without the workspace that trained it.

It holds the checkpoint and, beside it, the tokenizer, the wordings, and what prompts and people call users
and items, with their vectors and histories, and what names items that come after training: of codes of
texts the terms that stand in two items' texts. Ratings, times, reviews and explanations stay out.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.artifacts import ArtifactError, list_matrix, read_json, read_table, write_json, write_table
from pipeline.data.histories import Histories
from pipeline.model.checkpoint import load_checkpoint, read_prompts, save_checkpoint
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.templates import Template, read_templates
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.tables import BUNDLE_ITEMS, BUNDLE_USERS
from pipeline.tasks.base import Task
from pipeline.tasks.registry import tasks_named

FORMAT = 1
HEAD = "bundle.json"
TOKENIZER = "tokenizer"
TEMPLATES = "templates.yaml"
USERS = "users.parquet"
ITEMS = "items.parquet"
NEW_ITEMS = "new_items"


@dataclass(frozen=True)
class People:
    """Users and items as people and prompts name them, and what users have.

    Attributes:
        user_ids: as the data has them, ascending [N].
        user_mentions: what a prompt calls each user [N].
        user_vectors: as they were fitted, float32 [N, U].
        item_ids: raw ids, ascending [I].
        item_mentions: what a prompt calls each item [I].
        item_answers: what the model writes for each item [I].
        item_titles: None where none is told [I].
        item_vectors: as they were fitted, float32 [I, U].
        train: train items of each user.
        known: train and validation items.
        whole: all items.
        new_items: the folder that names items that came after training (`pipeline.identifiers.new_items`).
    """

    user_ids: Sequence[str]
    user_mentions: Sequence[str]
    user_vectors: np.ndarray
    item_ids: Sequence[str]
    item_mentions: Sequence[str]
    item_answers: Sequence[str]
    item_titles: Sequence[str | None]
    item_vectors: np.ndarray
    train: Histories
    known: Histories
    whole: Histories
    new_items: Path


@dataclass(frozen=True)
class Bundle:
    """What `load_bundle` reads.

    Attributes:
        model: on the CPU, in evaluation mode.
        prompts: as the model was trained with them.
        tokenizer: the model's.
        templates: wordings by task, the bare form first.
        people: users and items.
        explains: whether it was trained on explanations.
    """

    model: PeaPOD
    prompts: PromptsConfig
    tokenizer: PromptTokenizer
    templates: dict[Task, tuple[Template, ...]]
    people: People
    explains: bool


def save_bundle(
    folder: Path,
    model: PeaPOD,
    prompts: PromptsConfig,
    tokenizer: PromptTokenizer,
    people: People,
    explains: bool,
) -> None:
    """Write a bundle as `folder`, which is in nobody's use yet; same content, same bytes."""
    save_checkpoint(folder, model, prompts)
    tokenizer.save(folder / TOKENIZER)
    shutil.copyfile(prompts.templates, folder / TEMPLATES)
    write_table(folder / USERS, BUNDLE_USERS, _user_columns(people))
    write_table(folder / ITEMS, BUNDLE_ITEMS, _item_columns(people))
    # A bundle of an earlier version has none.
    if people.new_items.is_dir():
        shutil.copytree(people.new_items, folder / NEW_ITEMS)
    write_json(folder / HEAD, {"format": FORMAT, "explains": explains})


def check_bundle(folder: Path) -> dict[str, Any]:
    """Return what a bundle says of itself; raises ArtifactError where there is none, or another format's."""
    path = folder / HEAD
    if not path.is_file():
        raise ArtifactError(f"{folder}: no trained model; make repro (or dvc repro train) makes one")
    head = read_json(path)
    found = head.get("format") if isinstance(head, dict) else head
    if found != FORMAT:
        raise ArtifactError(
            f"{path}: bundle format {found!r} found, {FORMAT} wanted; train anew with this version "
            "(dvc repro train), or use the version that made it"
        )
    return dict(head)


def load_bundle(folder: Path) -> Bundle:
    """Read a bundle that `save_bundle` wrote.

    Raises ArtifactError before anything else is read where `check_bundle` does, and later naming the file
    that is absent or damaged.
    """
    head = check_bundle(folder)
    model = load_checkpoint(folder)
    prompts = read_prompts(folder)
    return Bundle(
        model=model,
        prompts=prompts,
        tokenizer=PromptTokenizer.load(folder / TOKENIZER),
        templates=read_templates(folder / TEMPLATES, tasks_named(prompts.tasks)),
        people=_read_people(folder),
        explains=bool(head.get("explains")),
    )


def _user_columns(people: People) -> dict[str, Any]:
    return {
        "user": range(len(people.user_ids)),
        "user_id": people.user_ids,
        "mention": people.user_mentions,
        "vector": people.user_vectors,
        "history": pa.ListArray.from_arrays(people.whole.offsets.astype(np.int32), people.whole.items),
        "train": people.train.lengths(),
        "known": people.known.lengths(),
    }


def _item_columns(people: People) -> dict[str, Any]:
    return {
        "item": range(len(people.item_ids)),
        "item_id": people.item_ids,
        "mention": people.item_mentions,
        "answer": people.item_answers,
        "title": people.item_titles,
        "vector": people.item_vectors,
    }


def _read_people(folder: Path) -> People:
    users = read_table(folder / USERS, BUNDLE_USERS)
    items = read_table(folder / ITEMS, BUNDLE_ITEMS)
    listed = users["history"].combine_chunks()
    whole = Histories(listed.flatten().to_numpy(), listed.offsets.to_numpy().astype(np.int64))
    return People(
        user_ids=users["user_id"].to_pylist(),
        user_mentions=users["mention"].to_pylist(),
        user_vectors=list_matrix(users["vector"]),
        item_ids=items["item_id"].to_pylist(),
        item_mentions=items["mention"].to_pylist(),
        item_answers=items["answer"].to_pylist(),
        item_titles=items["title"].to_pylist(),
        item_vectors=list_matrix(items["vector"]),
        train=whole.first(users["train"].to_numpy()),
        known=whole.first(users["known"].to_numpy()),
        whole=whole,
        new_items=folder / NEW_ITEMS,
    )
