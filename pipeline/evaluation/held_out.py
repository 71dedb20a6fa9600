"""The test step's view of the splits, as plain arrays: histories, targets, candidates."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.data.candidates import negatives_by_user


@dataclass(frozen=True)
class HeldOut:
    """Everything about the test step that evaluation needs.

    Attributes:
        users: the test users, ascending [N].
        targets: their held-out items [N].
        owners: for each history row (train and validation) its user's row in `users`.
        history: the history rows' items.
        positions: the history rows' places in the whole history.
        negatives: each test user's negatives in top-n.
    """

    users: np.ndarray
    targets: np.ndarray
    owners: np.ndarray
    history: np.ndarray
    positions: np.ndarray
    negatives: list[np.ndarray]


def make_held_out(train: pa.Table, validation: pa.Table, test: pa.Table, candidates: pa.Table) -> HeldOut:
    """Return the test split from INTERACTIONS and CANDIDATES tables; users without a test item are left out.

    The item held out is a user's last one in the test split; what they have there before it is history (of a
    split by users). Raises ValueError when a test user has no candidates.
    """
    last = _last_of_each(test)
    users = test["user"].to_numpy()[last]
    targets = test["item"].to_numpy()[last]
    earlier = test.take(np.setdiff1d(np.arange(len(test)), last))
    past = pa.concat_tables([train, validation, earlier])
    known = np.isin(past["user"].to_numpy(), users)
    return HeldOut(
        users=users,
        targets=targets,
        owners=np.searchsorted(users, past["user"].to_numpy()[known]),
        history=past["item"].to_numpy()[known],
        positions=past["position"].to_numpy()[known],
        negatives=negatives_by_user(candidates, users),
    )


def _last_of_each(split: pa.Table) -> np.ndarray:
    """Return the row of each user's last item by position, ascending by user, int64."""
    users = split["user"].to_numpy()
    order = np.lexsort((split["position"].to_numpy(), users))
    ends = np.append(np.diff(users[order]) != 0, True)[: len(order)]
    return order[ends]


def numbers_by_item(table: pa.Table) -> np.ndarray | None:
    """Return the numbers of an ITEM_IDENTIFIERS table as an array that an item indexes: int64 [I].

    None where items are named by something else than numbers.
    """
    if table["number"].null_count:
        return None
    return table["number"].to_numpy()[np.argsort(table["item"].to_numpy())].astype(np.int64)


def titles_by_item(table: pa.Table) -> list[str]:
    """Return what a model writes for each item of an ITEM_IDENTIFIERS table [I]."""
    return [table["answer"][row].as_py() for row in np.argsort(table["item"].to_numpy()).tolist()]
