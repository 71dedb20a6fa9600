"""What a baseline learns from and is asked for: train histories, and scores of all items for some users."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_matrix

from pipeline.data.item_texts import described_texts
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.attributes import shared_attributes
from pipeline.recommenders.ranking.pools import seen_items

Scorer = Callable[[np.ndarray, list[np.ndarray]], np.ndarray]
"""Users [B] and the histories that they have by now, oldest item first, to a score per item [B, I]."""


class Vectors(NamedTuple):
    """What a recommender knows of users and items; products of the two are its scores, or most of them.

    Attributes:
        users: as train leaves them, after the train history where the order counts: float32 [N, D].
        items: float32 [I, D].
    """

    users: np.ndarray
    items: np.ndarray


@dataclass(frozen=True)
class Fitted:
    """What a recommender has learned.

    Attributes:
        score: the scores of all items.
        table: what it reads items as, float32 [I, D]: what LLaRA projects into a language model.
        vectors: from a width to vectors, where the recommender has them; one that has `factors` ignores the
            width, since those tell it.
    """

    score: Scorer
    vectors: Callable[[int], Vectors] | None = None
    table: np.ndarray | None = None


class BaselineError(ValueError):
    """A baseline can't do what it's asked; the message says what to change."""


@dataclass(frozen=True)
class Validation:
    """The validation item of each user [N] and what they had before, all of it in train [N]."""

    users: np.ndarray
    histories: list[np.ndarray]
    targets: np.ndarray


@dataclass(frozen=True)
class TrainingData:
    """Train interactions.

    Attributes:
        histories: each user's train items, oldest first [N].
        ratings: each user's ratings of them, None where the source has none [N].
        items: I, train items and all others.
        attributes: which of A attributes each item has, as ones [I, A], None where nothing is known of items.
        texts: title and categories of each item [I], "" where nothing is known; None without any.
        titles: title of each item [I], "" where none is known; None without any.
        validation: for methods that stop by it; nothing to learn from.
        released: a released recommender.
        item_ids: the raw id of each item [I], which tells its row in a released recommender.
    """

    histories: list[np.ndarray]
    ratings: list[np.ndarray] | None
    items: int
    attributes: csr_matrix | None = None
    texts: list[str] | None = None
    titles: list[str] | None = None
    validation: Validation | None = None
    released: Path | None = None
    item_ids: list[str] | None = None

    @classmethod
    def from_table(
        cls,
        train: pa.Table,
        users: int,
        items: int,
        *,
        attributes: pa.Table | None = None,
        texts: pa.Table | None = None,
    ) -> "TrainingData":
        """Read the train split of `users` users (INTERACTIONS, sorted by user, position).

        `attributes` are ATTRIBUTES, `texts` ITEM_TEXTS, where anything is known of items.
        """
        everyone = np.arange(users)
        ratings = None
        if not train["rating"].null_count:
            ratings = seen_items(train.drop(["item"]).rename_columns({"rating": "item"}), everyone)
        owned = None if attributes is None else shared_attributes(attributes, items)
        words = None if texts is None else described_texts(texts, items, ("title", "categories"))
        titles = None if texts is None else described_texts(texts, items, ("title",))
        return cls(seen_items(train, everyone), ratings, items, owned, words, titles)

    @property
    def counts(self) -> np.ndarray:
        """How many train interactions each item has: int64 [I]."""
        return np.bincount(np.concatenate(self.histories), minlength=self.items)


Fit = Callable[[TrainingData, Settings, int], Fitted]
"""Learn from train with these settings and this seed."""


def history_matrix(histories: list[np.ndarray], items: int) -> csr_matrix:
    """Return histories as ones in a matrix, float32 [B, I]; an item that stands twice counts once."""
    rows = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    columns = np.concatenate([np.empty(0, dtype=np.int64), *histories]).astype(np.int64)
    matrix = csr_matrix(
        (np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(histories), items)
    )
    matrix.data[:] = 1.0
    return matrix


def needed_attributes(data: TrainingData, label: str) -> csr_matrix:
    """Return the attributes [I, A]; raises BaselineError where method `label` has none to learn from."""
    if data.attributes is None:
        raise BaselineError(
            f"{label} needs item metadata, and no attribute is known of two items: name the metadata file of "
            "these reviews in dataset.metadata, or leave the method out of evaluation.baselines"
        )
    return data.attributes
