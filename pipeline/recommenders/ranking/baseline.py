"""A baseline from the splits to its ranked lists of both tasks and the record of its search."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.params import Section
from pipeline.randomness import generator, integer_seed
from pipeline.recommenders.base import Fit, Scorer, TrainingData
from pipeline.recommenders.hyperparameters import Settings, configurations
from pipeline.recommenders.ranking.lists import Ranker, RecommendationColumns
from pipeline.recommenders.ranking.pools import candidate_pools, seen_items
from pipeline.recommenders.ranking.tuning import CUTOFF, Validation, search


@dataclass(frozen=True)
class Splits:
    """What `preprocess` wrote: INTERACTIONS, CANDIDATES, ATTRIBUTES, ITEM_TEXTS; how many users and items."""

    train: pa.Table
    validation: pa.Table
    test: pa.Table
    candidates: pa.Table
    users: int
    items: int
    attributes: pa.Table | None = None
    texts: pa.Table | None = None


@dataclass(frozen=True)
class BaselineResult:
    """Columns of the RECOMMENDATIONS schema by task, and what `metrics/baselines/NAME.json` says."""

    lists: dict[str, RecommendationColumns]
    record: dict[str, Any]


def run_baseline(
    name: str, fit: Fit, grid: Section, budget: int, splits: Splits, top: int, seed: int
) -> BaselineResult:
    """Search on validation, then rank for the test users: all items but those seen, and the candidates.

    Models learn from train alone; what they are given at test, and what counts as seen, is train and
    validation.
    """
    data = _training_data(splits)
    tried = configurations(grid, budget, generator(seed, "baseline", name, "search"))
    scorer, trials, best = search(
        fit, tried, data, _validation(splits), integer_seed(seed, "baseline", name), generator(seed, "ties")
    )
    ranker = Ranker(scorer, data.counts, generator(seed, "baseline", name))
    test = splits.test.sort_by("user")
    users = test["user"].to_numpy()
    histories = seen_items(pa.concat_tables([splits.train, splits.validation]), users)
    pools = candidate_pools(splits.candidates, users, test["item"].to_numpy())
    lists = ranker.lists(users, histories, pools, top)
    return BaselineResult(lists, _record(name, [asdict(trial) for trial in trials], best))


def refitted(name: str, fit: Fit, settings: Settings, splits: Splits, seed: int) -> tuple[Scorer, np.ndarray]:
    """Fit one configuration as `run_baseline` does; return its scorer, and counts of train [I]."""
    data = _training_data(splits)
    return fit(data, settings, integer_seed(seed, "baseline", name)).score, data.counts


def _training_data(splits: Splits) -> TrainingData:
    return TrainingData.from_table(
        splits.train, splits.users, splits.items, attributes=splits.attributes, texts=splits.texts
    )


def _validation(splits: Splits) -> Validation:
    held_out = splits.validation.sort_by("user")
    users = held_out["user"].to_numpy()
    return Validation(users, seen_items(splits.train, users), held_out["item"].to_numpy())


def _record(name: str, trials: list[dict[str, Any]], best: int) -> dict[str, Any]:
    tried = [{"settings": trial["settings"], f"NDCG@{CUTOFF}": round(trial["ndcg"], 6)} for trial in trials]
    return {"name": name, "tried": tried, "validation": tried[best]}
