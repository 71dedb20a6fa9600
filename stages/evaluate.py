"""Stage `evaluate`: prediction files to the metrics of the three tasks and of leakage."""

from pathlib import Path

import typer

from pipeline import tables
from pipeline.artifacts import read_table, write_json
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.explanation import explanation_metrics
from pipeline.evaluation.held_out import make_held_out, numbers_by_item
from pipeline.evaluation.leakage import leakage_metrics
from pipeline.evaluation.recommendation import MODEL, POPULAR, sequential_metrics, topn_metrics
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from stages.errors import clear_errors


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    evaluation: EvaluationConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Write metrics/{sequential,topn,explanation,leakage}.json; every path is below `root`."""
    params = read_params(Params, root / "params.yaml")
    config, seed = params.evaluation, params.seed
    data = root / "data/preprocessed"
    train, validation, test = (
        read_table(data / f"{name}.parquet", tables.INTERACTIONS) for name in ("train", "validation", "test")
    )
    candidates = read_table(data / "candidates.parquet", tables.CANDIDATES)
    split = make_held_out(train, validation, test, candidates)
    numbers = numbers_by_item(read_table(root / "data/numbering/items.parquet", tables.ITEM_NUMBERS))
    for task, measure in (("sequential", sequential_metrics), ("topn", topn_metrics)):
        predictions = {
            method: read_table(root / f"predictions/{method}/{task}.parquet", tables.RECOMMENDATIONS)
            for method in (MODEL, POPULAR)
        }
        figures = measure(predictions, split, numbers, config, generator(seed, "bootstrap", task))
        write_json(root / f"metrics/{task}.json", figures)
    explanations = read_table(root / "data/explanations/explanations.parquet", tables.EXPLANATIONS)
    generated = read_table(root / "predictions/peapod/explanation.parquet", tables.GENERATED)
    rng = generator(seed, "bootstrap", "explanation")
    figures = explanation_metrics(generated, explanations, config, rng)
    write_json(root / "metrics/explanation.json", figures)
    write_json(root / "metrics/leakage.json", leakage_metrics(train, split, explanations))


if __name__ == "__main__":
    typer.run(main)
