"""Which split an explanation belongs to: drawn at random, or the sequential task's."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from pipeline.data.splits import SPLITS, explanation_split
from pipeline.explanations.config import ExplanationsConfig


def assign(
    pairs: pa.Table, sequential: Mapping[str, pa.Table], config: ExplanationsConfig, rng: np.random.Generator
) -> np.ndarray:
    """Return "train", "validation" or "test" for each (user, item) of `pairs` by `config.split`.

    Raises ValueError when `leave_one_out` meets a pair that no sequential split holds.
    """
    if config.split == "random":
        users = pairs["user"].to_numpy()
        items = pairs["item"].to_numpy()
        return explanation_split(users, items, config.ratio, rng)
    return sequential_split(pairs, sequential)


def sequential_split(pairs: pa.Table, sequential: Mapping[str, pa.Table]) -> np.ndarray:
    """Return the sequential split of each (user, item) of `pairs`; of several the latest in time counts.

    A pair bought again may stand in train and in test: as test, nothing held out reaches train.
    """
    keys = pair_keys(pairs)
    found = np.full(len(keys), "", dtype=object)
    for name in SPLITS:
        found[np.isin(keys, pair_keys(sequential[name]))] = name
    missing = np.flatnonzero(found == "")
    if len(missing):
        user, item = divmod(int(keys[missing[0]]), 1 << 32)
        raise ValueError(f"{len(missing)} explanations, first of user {user} and item {item}, in no split")
    return found


def pair_keys(pairs: pa.Table) -> np.ndarray:
    """Return user * 2^32 + item [pairs], int64, of a table with the columns `user` and `item`."""
    return (pairs["user"].to_numpy().astype(np.int64) << 32) | pairs["item"].to_numpy().astype(np.int64)


def shared_with_train(test: pa.Table, explanations: pa.Table) -> int:
    """Number of sequential test pairs whose explanation is in the explanation train split.

    The 8:1:1 protocol's leak: a model sees there that the user met the item it is asked to predict.
    """
    train = explanations.filter(pa.compute.equal(explanations["split"], "train"))
    return int(np.isin(pair_keys(test), pair_keys(train)).sum())
