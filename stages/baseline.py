"""Stage `baseline NAME`: a baseline's predictions for both recommendation tasks, and how it was chosen."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline import tables
from pipeline.artifacts import read_table, write_json, write_table
from pipeline.embeddings.config import EmbeddingsConfig
from pipeline.params import Section, read_params
from pipeline.recommenders.config import BaselinesConfig
from pipeline.recommenders.ranking.baseline import run_baseline
from pipeline.runtime.device import keep_memory
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.fits import fit_of
from stages.recorded import recorded
from stages.splits import read_splits


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    embeddings: EmbeddingsConfig
    baselines: BaselinesConfig


@clear_errors
def main(
    name: str,
    top: Annotated[int, typer.Option(min=1, help="Items kept per user.")] = 10,
    root: Path = Path(),
) -> None:
    """Write predictions/NAME/{sequential,topn}.parquet and metrics/baselines/NAME.json below `root`.

    Where there is something to choose from, predictions/NAME/choice.parquet too; and of a method that has a
    table of items, items.parquet.
    """
    fit = fit_of(name)
    params = read_params(Params, root / "params.yaml")
    choices = read_table(root / "data/choices/choices.parquet", tables.CHOICES)
    released = Path(params.embeddings.released.path)
    splits = replace(read_splits(root / "data"), choices=choices, released=released)
    keep_memory()
    grid = getattr(params.baselines, name)
    budget = params.baselines.budget
    found = run_baseline(name, fit, grid, budget, splits, top, params.seed)
    with published(root, f"baseline@{name}", "predictions", "metrics/baselines") as (predictions, metrics):
        for task, columns in found.lists.items():
            write_table(predictions / f"{name}/{task}.parquet", tables.RECOMMENDATIONS, columns)
        if found.chosen is not None:
            write_table(predictions / f"{name}/choice.parquet", tables.CHOSEN, found.chosen)
        if found.table is not None:
            vectors = {"item": range(len(found.table)), "vector": found.table}
            write_table(predictions / f"{name}/items.parquet", tables.ITEM_VECTORS, vectors)
        write_json(metrics / f"{name}.json", found.record)


if __name__ == "__main__":
    typer.run(recorded(main))
