"""Stage `explanation_baseline NAME`: a baseline's explanations of the test split, and how it was chosen."""

from importlib import import_module
from pathlib import Path

import typer

from pipeline import tables
from pipeline.artifacts import read_table, write_json, write_table
from pipeline.explainers.base import Make
from pipeline.explainers.baseline import explain_test
from pipeline.explainers.config import ExplanationBaseline, ExplanationBaselinesConfig
from pipeline.params import Section, read_params
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import choose_runtime
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    explanation_baselines: ExplanationBaselinesConfig
    runtime: RuntimeConfig


def make_of(name: ExplanationBaseline) -> Make:
    """Import what makes explainer `name` from its own module: its stage depends on no other's."""
    make: Make = import_module(f"pipeline.explainers.{ExplanationBaseline(name)}").MAKE
    return make


@clear_errors
def main(name: ExplanationBaseline, root: Path = Path()) -> None:
    """Write predictions/NAME/explanation.parquet and metrics/explanation_baselines/NAME.json below `root`."""
    params = read_params(Params, root / "params.yaml")
    data = root / "data"
    columns, record = explain_test(
        name,
        make_of(name),
        read_table(data / "explanations/explanations.parquet", tables.EXPLANATIONS),
        len(read_table(data / "preprocessed/users.parquet", tables.USERS)),
        len(read_table(data / "preprocessed/items.parquet", tables.ITEMS)),
        params.explanation_baselines,
        params.seed,
        choose_runtime(params.runtime).device,
    )
    folders = f"predictions/{name}", "metrics/explanation_baselines"
    with published(root, f"explanation_baseline@{name}", *folders) as (predictions, metrics):
        write_table(predictions / "explanation.parquet", tables.GENERATED, columns)
        write_json(metrics / f"{name}.json", record)


if __name__ == "__main__":
    typer.run(recorded(main))
