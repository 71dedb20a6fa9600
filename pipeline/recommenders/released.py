"""A recommender that LLaRA's authors released, as it is: the file that `embeddings.released.path` names."""

import numpy as np

from pipeline.recommenders.base import BaselineError, Fit, Fitted, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.released import read_released, released_rows


def fit_released(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Read the file; it learns nothing and draws nothing.

    Raises BaselineError where there is no file, or it isn't of this dataset's items.
    """
    if data.released is None or not data.released.is_file() or not data.released.stat().st_size:
        raise BaselineError(
            f"released reads the file that embeddings.released.path names, and {data.released} holds "
            "nothing: name an .npz of LLaRA's authors, or leave released out of evaluation.baselines"
        )
    found = read_released(data.released)
    rows = released_rows(data.item_ids or [], found)

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        return found.score(users, [rows[history] for history in histories])[:, rows]

    return Fitted(score, table=found.vectors[rows])


FIT: Fit = fit_released
