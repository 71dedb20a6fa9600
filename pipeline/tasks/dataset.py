"""A dataset as tasks ask about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pipeline.data.histories import Histories
from pipeline.data.next_items import NextItems


@dataclass(frozen=True)
class Pairs:
    """(user, item) pairs with an explanation.

    Attributes:
        users: int [pairs].
        items: int [pairs].
        answers: index of each pair's text, int [pairs].
    """

    users: np.ndarray
    items: np.ndarray
    answers: np.ndarray


@dataclass(frozen=True)
class Dataset:
    """Histories, candidates and explanations; users and items by index.

    Attributes:
        item_ids: the raw id of each item.
        train: train items of each user.
        validation: the validation item of each user.
        test: the test item of each user.
        known: train and validation items, what is known when the test item is asked for.
        whole: all of them.
        negatives: the negatives of each user's top-n test, int [N, negatives].
        pairs: (user, item) pairs with an explanation, by split.
        texts: their explanations; `Pairs.answers` points here.
        choices: next items by split, with stored candidates, int32 [draws, E, candidates].
    """

    item_ids: list[str]
    train: Histories
    validation: Histories
    test: Histories
    known: Histories
    whole: Histories
    negatives: np.ndarray
    pairs: dict[str, Pairs]
    texts: list[str]
    choices: Mapping[str, tuple[NextItems, np.ndarray]] = field(default_factory=dict, kw_only=True)

    @property
    def explains(self) -> bool:
        """Whether there are explanations to train on."""
        return len(self.pairs["train"].users) > 0
