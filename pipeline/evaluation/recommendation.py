"""The metrics files of the two recommendation tasks: model, most popular, numbering floors, chance."""

from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.exposure import coverage, exposures, gini
from pipeline.evaluation.figures import Figure, exact, ranking_figures, rounded
from pipeline.evaluation.held_out import HeldOut
from pipeline.evaluation.numbering_floor import (
    candidate_ranks,
    catalogue_ranks,
    highest_numbers,
    last_numbers,
)
from pipeline.evaluation.predictions import check_cutoffs, invalid_share, ranked_lists
from pipeline.evaluation.ranking import chance_metrics, relevant_ranks

MODEL, POPULAR = "peapod", "most_popular"
LAST, HIGHEST = "floor_last_item", "floor_highest_number"


def floor_bases(split: HeldOut, numbers: np.ndarray) -> dict[str, np.ndarray]:
    """Return the base number of both numbering rules for each test user; `numbers` [I] is by item."""
    history = numbers[split.history]
    return {
        LAST: last_numbers(split.owners, split.positions, history, len(split.users)),
        HIGHEST: highest_numbers(split.owners, history, len(split.users)),
    }


def sequential_metrics(
    predictions: dict[str, pa.Table],
    split: HeldOut,
    numbers: np.ndarray,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return `metrics/sequential.json`; `predictions` holds RECOMMENDATIONS of MODEL and POPULAR."""
    cutoffs = config.sequential_cutoffs
    lists = _checked_lists(predictions, split, cutoffs, "sequential")
    ranks = {method: relevant_ranks(ranked, split.targets) for method, ranked in lists.items()}
    for rule, bases in floor_bases(split, numbers).items():
        ranks[rule] = catalogue_ranks(bases, numbers[split.targets], max(cutoffs))
    return _summary(ranks, predictions[MODEL], cutoffs, config, rng) | {
        "exposure": {
            method: exposure_figures(ranked, max(cutoffs), len(numbers)) for method, ranked in lists.items()
        }
    }


def exposure_figures(lists: np.ndarray, k: int, size: int) -> dict[str, Figure]:
    """Return coverage and Gini index of the first `k` places of `lists` [N, K] over `size` items."""
    counts = exposures(lists, k, size)
    return {f"coverage@{k}": exact(coverage(counts)), f"gini@{k}": exact(gini(counts))}


def topn_metrics(
    predictions: dict[str, pa.Table],
    split: HeldOut,
    numbers: np.ndarray,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return `metrics/topn.json`: as sequential, within the candidates, with exact chance beside it.

    No exposure: what the lists hold is decided by the candidates.
    """
    cutoffs = config.topn_cutoffs
    lists = _checked_lists(predictions, split, cutoffs, "topn")
    ranks = {method: relevant_ranks(ranked, split.targets) for method, ranked in lists.items()}
    negatives = [numbers[items] for items in split.negatives]
    for rule, bases in floor_bases(split, numbers).items():
        ranks[rule] = candidate_ranks(bases, numbers[split.targets], negatives)
    candidates = np.array([len(items) + 1 for items in split.negatives])
    chance = {name: exact(value) for name, value in chance_metrics(candidates, cutoffs).items()}
    return _summary(ranks, predictions[MODEL], cutoffs, config, rng) | {
        "chance": chance,
        "candidates": rounded(candidates.mean()),
    }


def _checked_lists(
    predictions: dict[str, pa.Table], split: HeldOut, cutoffs: tuple[int, ...], task: str
) -> dict[str, np.ndarray]:
    lists = {}
    for method, table in predictions.items():
        source = f"predictions/{method}/{task}.parquet"
        lists[method] = ranked_lists(table, split.users, source)
        check_cutoffs(lists[method], cutoffs, source)
    return lists


def _summary(
    ranks: dict[str, np.ndarray],
    predicted: pa.Table,
    cutoffs: tuple[int, ...],
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, Any]:
    figures = ranking_figures(ranks, cutoffs, config, rng, model=MODEL, compared=(POPULAR, LAST, HIGHEST))
    return {
        **figures,
        "users": len(ranks[MODEL]),
        "invalid_share": rounded(invalid_share(predicted)),
    }
