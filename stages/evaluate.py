"""Stage `evaluate`: prediction files to metrics; of tasks that the model isn't trained for, empty ones."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import typer

from pipeline import tables
from pipeline.artifacts import read_table, write_json
from pipeline.data.splits import SPLITS
from pipeline.evaluation.beyond import beyond_metrics
from pipeline.evaluation.choice import choice_metrics, read_chosen, stored_choices
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.explanation import explanation_metrics
from pipeline.evaluation.held_out import make_held_out, numbers_by_item
from pipeline.evaluation.leakage import leakage_metrics
from pipeline.evaluation.leftovers import set_aside
from pipeline.evaluation.recommendation import read_explained, read_lists, sequential_metrics, topn_metrics
from pipeline.evaluation.schema.document import MODEL
from pipeline.evaluation.schema.inputs import DatasetMetrics, TrainingMetrics
from pipeline.evaluation.summary import summary
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.progress_bar import watched
from pipeline.runtime.publication import published
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    evaluation: EvaluationConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Write metrics/{sequential,topn,beyond,choice,explanation,leakage,summary}.json below `root`."""
    params = read_params(Params, root / "params.yaml")
    config = params.evaluation
    data = root / "data/preprocessed"
    set_aside(root, {MODEL, *config.assisted, *config.baselines, *config.explanation_baselines})
    train, validation, test = (read_table(data / f"{name}.parquet", tables.INTERACTIONS) for name in SPLITS)
    split = make_held_out(train, validation, test, read_table(data / "candidates.parquet", tables.CANDIDATES))
    named = read_table(root / "data/identifiers/items.parquet", tables.ITEM_IDENTIFIERS)
    folder = root / "predictions"
    training = TrainingMetrics.read(root / "metrics/training.json")
    lists = read_lists(folder, config, split, training.tasks)
    counts = np.bincount(train["item"].to_numpy(), minlength=len(named))
    explanations = read_table(root / "data/explanations/explanations.parquet", tables.EXPLANATIONS)
    generated = read_explained(folder, config.explanation_baselines, training.tasks)
    stored = read_table(root / "data/choices/choices.parquet", tables.CHOICES)
    choices = stored_choices(stored, named, split.users)
    chosen = read_chosen(folder, config.baselines, choices, training.tasks)
    measures: dict[str, Callable[..., Any]] = {
        "sequential": partial(sequential_metrics, lists, split, numbers_by_item(named), len(named)),
        "topn": partial(topn_metrics, lists, split, numbers_by_item(named)),
        "beyond": partial(beyond_metrics, lists, split, counts),
        "explanation": partial(explanation_metrics, generated, explanations),
        "choice": partial(choice_metrics, chosen, choices),
    }
    measuring = watched(measures.items(), "evaluate", "tasks")
    found = {name: measure(config, generator(params.seed, "bootstrap", name)) for name, measure in measuring}
    users = read_table(root / "data/embeddings/users.parquet", tables.USER_VECTORS)
    items = read_table(root / "data/embeddings/items.parquet", tables.ITEM_VECTORS)
    order = DatasetMetrics.read(root / "metrics/dataset.json").order_audit
    short = summary(found["sequential"], found["topn"], found["explanation"], found["choice"], training)
    found["leakage"] = leakage_metrics(train, split, explanations, users, items, order)
    with published(root, "evaluate", "metrics") as (metrics,):
        for name, document in found.items():
            document.write(metrics / f"{name}.json")
        write_json(metrics / "summary.json", short)


if __name__ == "__main__":
    typer.run(recorded(main))
