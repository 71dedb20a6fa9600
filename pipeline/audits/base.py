"""What every audit is given, predictions and tables alone, and how its figures get their intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import estimated
from pipeline.evaluation.held_out import HeldOut
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.schema.document import Methods
from pipeline.evaluation.sufficient_statistics import Statistic
from pipeline.evaluation.uncertainty import resampled_sums, sums_interval

HISTORY = "history"
"""Stands among the methods for what users chose themselves, in train and validation."""


class AuditError(ValueError):
    """The data hasn't got what an audit needs; the message says what, and what to do."""


@dataclass(frozen=True)
class Audited:
    """A run as audits see it.

    Attributes:
        lists: by method, the sequential lists, ranked items int64 [N, K], NO_ITEM where there is none.
        split: the test users, their histories and held-out items.
        counts: how often train shows each item, int64 [I].
        first_seen: when train shows each item first, Unix seconds float64 [I], NaN where that isn't told.
        categories: of each item [I], none where the metadata tell none.
        k: how many places of a list count.
    """

    lists: Mapping[str, np.ndarray]
    split: HeldOut
    counts: np.ndarray
    first_seen: np.ndarray
    categories: Sequence[Sequence[str]]
    k: int


Audit = Callable[[Audited, EvaluationConfig, np.random.Generator], AuditMetrics]
"""What a module of this folder has as AUDIT; the generator draws resamples."""


@dataclass(frozen=True)
class Part:
    """Figures of the same sums: a row per user float64 [N, S], and by name what is made of the rows' sum."""

    columns: np.ndarray
    statistics: Mapping[str, Statistic]


def bootstrapped(
    parts: Mapping[str, Sequence[Part]], config: EvaluationConfig, rng: np.random.Generator
) -> Methods:
    """Return every part's figures by method, with intervals over users, who are resampled once for all."""
    every = [part for found in parts.values() for part in found]
    columns = np.column_stack([part.columns for part in every]).astype(np.float64)
    resampled = resampled_sums(columns, config.resamples, rng)
    totals = columns.sum(axis=0)
    figures: Methods = {}
    start = 0
    for method, found in parts.items():
        figures[method] = {}
        for part in found:
            place = slice(start, start + part.columns.shape[1])
            start = place.stop
            figures[method] |= {
                name: estimated(
                    sums_interval(totals[place], resampled[:, place], statistic, config.confidence)
                )
                for name, statistic in part.statistics.items()
            }
    return figures


def first_seen(train: pa.Table, items: int) -> np.ndarray:
    """Return each item's earliest timestamp in train INTERACTIONS, float64 [I], NaN where none is told."""
    times = train["timestamp"].to_numpy(zero_copy_only=False).astype(np.float64)
    found = np.full(items, np.inf)
    np.minimum.at(found, train["item"].to_numpy(), np.where(np.isnan(times), np.inf, times))
    return np.where(np.isinf(found), np.nan, found)


def categories_of(texts: pa.Table, items: int) -> list[list[str]]:
    """Return the different categories of each item [I] that ITEM_TEXTS tell."""
    found: list[list[str]] = [[] for _ in range(items)]
    for row in texts.select(["item", "categories"]).to_pylist():
        found[row["item"]] = sorted(set(row["categories"] or []))
    return found
