"""Four users and six items, small enough to count by hand."""

from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.audits.base import Audited
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.held_out import HeldOut

HISTORIES = [[1], [1], [0, 2, 3], [0, 1, 2, 3, 4]]
LISTS = np.array([[0, 1, 3], [0, 2, 1], [4, -1, -1], [3, 5, 0]])
CONFIG = EvaluationConfig(resamples=200)


def audited(**changed: Any) -> Audited:
    """Two places of a list count."""
    split = HeldOut(
        users=np.arange(4),
        targets=np.array([0, 2, 5, 5]),
        owners=np.repeat(np.arange(4), [len(items) for items in HISTORIES]),
        history=np.concatenate([np.array(items) for items in HISTORIES]),
        positions=np.concatenate([np.arange(len(items)) for items in HISTORIES]),
        negatives=[np.array([], dtype=np.int64)] * 4,
    )
    whole = Audited(
        lists={"peapod": LISTS, "other": LISTS[::-1]},
        split=split,
        counts=np.array([6, 5, 3, 3, 1, 0]),
        first_seen=np.array([10.0, 20.0, 20.0, 40.0, 30.0, np.nan]),
        categories=[["x"], ["x", "y"], ["y"], [], ["y"], ["x"]],
        k=2,
    )
    return replace(whole, **changed)
