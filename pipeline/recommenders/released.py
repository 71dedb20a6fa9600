"""A recommender that LLaRA's authors released, as it is: the file that `choices.released` names."""

import numpy as np

from pipeline.recommenders.base import BaselineError, Fit, Fitted, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.released import read_released


def fit_released(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Read the file; it learns nothing and draws nothing.

    Raises BaselineError where there is no file, or it isn't of this dataset's items.
    """
    if data.released is None or not data.released.is_file() or not data.released.stat().st_size:
        raise BaselineError(
            f"released reads the file that choices.released names, and {data.released} holds nothing: name "
            "an .npz of LLaRA's authors, or leave released out of evaluation.baselines"
        )
    found = read_released(data.released)
    rows = released_rows(data.item_ids or [], len(found.vectors))

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        return found.score(users, [rows[history] for history in histories])[:, rows]

    return Fitted(score, table=found.vectors[rows])


def released_rows(item_ids: list[str], count: int) -> np.ndarray:
    """Return the row of each item, int64 [I], among `count` rows: its raw id is a number.

    Ids count from 0 where there is an item 0 (LLaRA's files), else from 1 (MovieLens's). Raises BaselineError
    naming the first item that has no row.
    """
    first = 0 if "0" in item_ids else 1
    rows = [int(name) - first if name.isdecimal() else -1 for name in item_ids]
    for name, row in zip(item_ids, rows, strict=True):
        if not 0 <= row < count:
            raise BaselineError(
                f"choices.released has {count} items, numbered from {first}; item {name!r} of this dataset "
                "is none of them"
            )
    return np.array(rows, dtype=np.int64)


FIT: Fit = fit_released
