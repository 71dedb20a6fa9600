"""A baseline from the splits to its ranked lists of both tasks and the record of its search."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.data.histories import Histories
from pipeline.data.next_items import NextItems, held_out, read_choices
from pipeline.params import Section
from pipeline.randomness import generator, integer_seed
from pipeline.recommenders.base import Fit, Fitted, Scorer, TrainingData, Validation
from pipeline.recommenders.hyperparameters import Settings, configurations
from pipeline.recommenders.ranking.lists import Ranker, RecommendationColumns
from pipeline.recommenders.ranking.pools import candidate_pools
from pipeline.recommenders.ranking.probabilities import Probabilities
from pipeline.recommenders.ranking.tuning import CUTOFF, search


@dataclass(frozen=True)
class Splits:
    """What `preprocess` wrote: INTERACTIONS, CANDIDATES, ATTRIBUTES, ITEM_TEXTS; how many users and items.

    `item_ids` are raw ids [I], `choices` is CHOICES, `released` a released recommender.
    """

    train: pa.Table
    validation: pa.Table
    test: pa.Table
    candidates: pa.Table
    users: int
    items: int
    attributes: pa.Table | None = None
    texts: pa.Table | None = None
    item_ids: list[str] | None = None
    choices: pa.Table | None = None
    released: Path | None = None


@dataclass(frozen=True)
class BaselineResult:
    """Columns of the RECOMMENDATIONS schema by task, and what `metrics/baselines/NAME.json` says.

    Attributes:
        chosen: columns of CHOSEN, None where there is nothing to choose from.
        table: what it reads items as, where it has that (`Fitted.table`).
    """

    lists: dict[str, RecommendationColumns]
    record: dict[str, Any]
    chosen: dict[str, Any] | None = None
    table: np.ndarray | None = None


def run_baseline(
    name: str, fit: Fit, grid: Section, budget: int, splits: Splits, top: int, seed: int
) -> BaselineResult:
    """Search on validation, then rank for the test users: all items but those seen, and the candidates.

    Models learn from train alone; what they are given at test, and what counts as seen, is train and
    validation. Where there is something to choose from, they choose as well.
    """
    fitted, data, record = _searched(name, fit, grid, budget, splits, seed)
    ranker = Ranker(fitted.score, data.counts, generator(seed, "baseline", name))
    test = _held_out(splits, splits.test, splits.train, splits.validation)
    pools = candidate_pools(splits.candidates, test.users, test.targets)
    lists = ranker.lists(test.users, list(test.histories), pools, top)
    return BaselineResult(lists, record, _chosen(ranker, splits.choices), fitted.table)


def fitted_probabilities(
    name: str, fit: Fit, grid: Section, budget: int, splits: Splits, seed: int
) -> tuple[Probabilities, dict[str, Any]]:
    """Search as `run_baseline` does; return the winner's probabilities, fitted to validation; a record."""
    fitted, data, record = _searched(name, fit, grid, budget, splits, seed)
    probabilities = Probabilities(fitted.score, data.counts, generator(seed, "baseline", name))
    loss = probabilities.fit(_validation(splits))
    return probabilities, {**record, "exponent": probabilities.exponent, "loss": round(loss, 6)}


def refitted(name: str, fit: Fit, settings: Settings, splits: Splits, seed: int) -> tuple[Scorer, np.ndarray]:
    """Fit one configuration as `run_baseline` does; return its scorer, and counts of train [I]."""
    data = _training_data(splits)
    return fit(data, settings, integer_seed(seed, "baseline", name)).score, data.counts


def _training_data(splits: Splits) -> TrainingData:
    data = TrainingData.from_table(
        splits.train, splits.users, splits.items, attributes=splits.attributes, texts=splits.texts
    )
    return replace(data, validation=_validation(splits), released=splits.released, item_ids=splits.item_ids)


def _validation(splits: Splits) -> Validation:
    found = _held_out(splits, splits.validation, splits.train)
    return Validation(found.users, list(found.histories), found.targets)


def _held_out(splits: Splits, split: pa.Table, *before: pa.Table) -> NextItems:
    """Return the last item in `split` of each of its users, with all that comes before it."""
    until = Histories.from_tables(splits.users, *before, split)
    return held_out(until, Histories.from_tables(splits.users, split), longest=len(until.items) + 1)


def _chosen(ranker: Ranker, choices: pa.Table | None) -> dict[str, Any] | None:
    """Return the columns of CHOSEN for the test split, None where it has nothing to choose from."""
    found = {} if choices is None else read_choices(choices)
    if "test" not in found:
        return None
    examples, sets = found["test"]
    items = ranker.chosen(examples.users, list(examples.histories), sets)
    return {
        "draw": np.repeat(np.arange(len(sets)), len(examples)),
        "user": np.tile(examples.users, len(sets)),
        "item": items.ravel(),
        "text": pa.nulls(items.size),
        "text_alone": pa.nulls(items.size),
    }


def _searched(
    name: str, fit: Fit, grid: Section, budget: int, splits: Splits, seed: int
) -> tuple[Fitted, TrainingData, dict[str, Any]]:
    """Return what the best configuration learned, from what, and what `metrics/baselines/NAME.json` says."""
    data = _training_data(splits)
    tried = configurations(grid, budget, generator(seed, "baseline", name, "search"))
    fitted, trials, best = search(
        fit, tried, data, _validation(splits), integer_seed(seed, "baseline", name), generator(seed, "ties")
    )
    return fitted, data, _record(name, [asdict(trial) for trial in trials], best)


def _record(name: str, trials: list[dict[str, Any]], best: int) -> dict[str, Any]:
    tried = [{"settings": trial["settings"], f"NDCG@{CUTOFF}": round(trial["ndcg"], 6)} for trial in trials]
    return {"name": name, "tried": tried, "validation": tried[best]}
