"""The metrics files of the two recommendation tasks: every method, numbering floors, chance."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.artifacts import read_table
from pipeline.evaluation.assisted import NARROWED, Assisted, assisted_methods, assisted_metrics
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import exact, ranking_figures, rounded
from pipeline.evaluation.held_out import HeldOut
from pipeline.evaluation.left_out import left_out
from pipeline.evaluation.numbering_floor import (
    candidate_ranks,
    catalogue_ranks,
    highest_numbers,
    last_numbers,
)
from pipeline.evaluation.predictions import check_cutoffs, invalid_share, ranked_lists
from pipeline.evaluation.ranking import chance_metrics, relevant_ranks
from pipeline.evaluation.schema.document import MODEL
from pipeline.evaluation.schema.tasks import SequentialMetrics, TopnMetrics
from pipeline.tables import GENERATED, RECOMMENDATIONS

LAST = "floor_last_item"
HIGHEST = "floor_highest_number"


def read_predictions(
    folder: Path, baselines: Sequence[str], task: str, schema: pa.Schema, assisted: Sequence[Assisted] = ()
) -> dict[str, pa.Table]:
    """Read one task's predictions of the model and of the others, by method, from below `folder`.

    Of the top-n task the model has two: by its prompt, and NARROWED.
    """
    files = {method: f"{method}/{task}" for method in (MODEL, *baselines)}
    files |= {one.method: one.file for one in assisted}
    if task == "topn":
        files[NARROWED] = f"{MODEL}/topn_sequential"
    return {method: read_table(folder / f"{file}.parquet", schema) for method, file in files.items()}


def read_explained(folder: Path, baselines: Sequence[str], asked: Collection[str]) -> dict[str, pa.Table]:
    """Read the explanations of the model and of `baselines`; nothing where the model isn't `asked`."""
    if "explanation" not in asked:
        return {}
    return read_predictions(folder, baselines, "explanation", GENERATED)


def floor_bases(split: HeldOut, numbers: np.ndarray) -> dict[str, np.ndarray]:
    """Return the base number of both numbering rules for each test user; `numbers` [I] is by item."""
    history = numbers[split.history]
    return {
        LAST: last_numbers(split.owners, split.positions, history, len(split.users)),
        HIGHEST: highest_numbers(split.owners, history, len(split.users)),
    }


@dataclass(frozen=True)
class Recommended:
    """What each method recommends in one task.

    Attributes:
        lists: by method, items in ranked order [N, K].
        ranks: by method, the rank of each test user's item [N].
        invalid_share: share of the model's answers that name no real item.
        assisted: the methods that have an assistant.
    """

    lists: dict[str, np.ndarray]
    ranks: dict[str, np.ndarray]
    invalid_share: float
    assisted: Sequence[Assisted] = ()


def recommended(
    predictions: dict[str, pa.Table],
    split: HeldOut,
    cutoffs: tuple[int, ...],
    task: str,
    assisted: Sequence[Assisted] = (),
) -> Recommended:
    """Return one task's predictions, RECOMMENDATIONS by method with MODEL among them, as lists and ranks.

    Raises PredictionError naming the file where one doesn't fit the test split or the cutoffs.
    """
    lists = {}
    for method, table in predictions.items():
        source = f"predictions/{method}/{task}.parquet"
        lists[method] = ranked_lists(table, split.users, source)
        check_cutoffs(lists[method], cutoffs, source)
    ranks = {method: relevant_ranks(ranked, split.targets) for method, ranked in lists.items()}
    return Recommended(lists, ranks, invalid_share(predictions[MODEL]), assisted)


def read_lists(
    folder: Path, config: EvaluationConfig, split: HeldOut, asked: Collection[str]
) -> dict[str, Recommended]:
    """Read what every method recommends from below `folder`, by task; raises as `recommended`.

    Lists of the two tasks are compared with one another: nothing is read unless the model is `asked` both.
    """
    found: dict[str, Recommended] = {}
    if not {"sequential", "topn"} <= set(asked):
        return found
    for task, cutoffs in (("sequential", config.sequential_cutoffs), ("topn", config.topn_cutoffs)):
        assisted = assisted_methods(folder, config.assistants, task)
        predictions = read_predictions(folder, config.baselines, task, RECOMMENDATIONS, assisted)
        found[task] = recommended(predictions, split, cutoffs, task, assisted)
    return found


def sequential_metrics(
    found: Mapping[str, Recommended],
    split: HeldOut,
    numbers: np.ndarray | None,
    items: int,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> SequentialMetrics:
    """Return `metrics/sequential.json`; `numbers` [I] name the `items` in prompts, or nothing does.

    `found` is by task; where it's empty the model isn't asked.
    """
    if not found:
        return SequentialMetrics.empty()
    lists = found["sequential"]
    cutoffs = config.sequential_cutoffs
    floors = catalogue_floors(split, numbers, _length(config))
    return SequentialMetrics(
        **_compared(lists, floors, cutoffs, config, rng),
        **left_out(lists.lists, split, items, max(cutoffs)),
        **_with_assistants(lists, cutoffs, config, rng),
    )


def topn_metrics(
    found: Mapping[str, Recommended],
    split: HeldOut,
    numbers: np.ndarray | None,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> TopnMetrics:
    """Return `metrics/topn.json`: as sequential, within the candidates, with exact chance beside it.

    `full_rank` scores the sequential lists, over all items, on the same test items.
    """
    if not found:
        return TopnMetrics.empty()
    lists = found["topn"]
    cutoffs = config.topn_cutoffs
    floors = candidate_floors(split, numbers)
    candidates = np.array([len(items) + 1 for items in split.negatives])
    full = found["sequential"].ranks | catalogue_floors(split, numbers, _length(config))
    return TopnMetrics(
        **_compared(lists, floors, cutoffs, config, rng),
        chance={name: exact(value) for name, value in chance_metrics(candidates, cutoffs).items()},
        candidates=rounded(candidates.mean()),
        full_rank=ranking_figures(full, cutoffs, config, rng)[0],
        **_with_assistants(lists, cutoffs, config, rng),
    )


def _length(config: EvaluationConfig) -> int:
    return max(*config.sequential_cutoffs, *config.topn_cutoffs)


def catalogue_floors(split: HeldOut, numbers: np.ndarray | None, length: int) -> dict[str, np.ndarray]:
    """Return the rank of each test user's item in both rules' lists of `length` numbers, by rule [N].

    Items without numbers have no rules.
    """
    if numbers is None:
        return {}
    return {
        rule: catalogue_ranks(bases, numbers[split.targets], length)
        for rule, bases in floor_bases(split, numbers).items()
    }


def candidate_floors(split: HeldOut, numbers: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the rank of each test user's item among the candidates, by rule [N]; none without numbers."""
    if numbers is None:
        return {}
    negatives = [numbers[items] for items in split.negatives]
    return {
        rule: candidate_ranks(bases, numbers[split.targets], negatives)
        for rule, bases in floor_bases(split, numbers).items()
    }


def _compared(
    found: Recommended,
    floors: dict[str, np.ndarray],
    cutoffs: tuple[int, ...],
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, Any]:
    ranks = found.ranks | floors
    # The model is no competitor of what it is a part of.
    ours = {MODEL, *(one.method for one in found.assisted)}
    compared = tuple(method for method in ranks if method not in ours)
    estimates, differences = ranking_figures(ranks, cutoffs, config, rng, model=MODEL, compared=compared)
    return {
        "estimates": estimates,
        "differences": differences,
        "comparisons": sum(map(len, differences.values())),
        "users": len(ranks[MODEL]),
        "invalid_share": rounded(found.invalid_share),
    }


def _with_assistants(
    found: Recommended, cutoffs: tuple[int, ...], config: EvaluationConfig, rng: np.random.Generator
) -> dict[str, Any]:
    """Return what the file says of assisted methods, nothing where there are none."""
    if not found.assisted:
        return {}
    return {"assisted": assisted_metrics(found.assisted, found.ranks, cutoffs, config, rng)}
