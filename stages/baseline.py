"""Stage `baseline NAME`: a baseline's predictions for both recommendation tasks."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from pipeline import tables
from pipeline.artifacts import atomic_folder, read_table, write_table
from pipeline.baselines.pools import candidate_pools, seen_items
from pipeline.baselines.popularity import popularity_order, rank_candidates, rank_catalogue, train_counts
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from stages.errors import clear_errors


class Baseline(StrEnum):
    """The baselines there are."""

    MOST_POPULAR = "most_popular"


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int


@clear_errors
def main(
    name: Baseline,
    top: Annotated[int, typer.Option(min=1, help="Items kept a user.")] = 10,
    root: Path = Path(),
) -> None:
    """Write predictions/NAME/{sequential,topn}.parquet; every path is below `root`."""
    seed = read_params(Params, root / "params.yaml").seed
    data = root / "data/preprocessed"
    train, validation, test = (
        read_table(data / f"{part}.parquet", tables.INTERACTIONS) for part in ("train", "validation", "test")
    )
    candidates = read_table(data / "candidates.parquet", tables.CANDIDATES)
    test = test.sort_by("user")
    users, targets = test["user"].to_numpy(), test["item"].to_numpy()
    counts = train_counts(train["item"].to_numpy(), len(read_table(data / "items.parquet", tables.ITEMS)))
    order = popularity_order(counts, generator(seed, "baseline", name))
    seen = seen_items(pa.concat_tables([train, validation]), users)
    pools = candidate_pools(candidates, users, targets)
    lists = {
        "sequential": rank_catalogue(order, counts, users, seen, top),
        "topn": rank_candidates(order, counts, users, pools, top),
    }
    with atomic_folder(root / f"predictions/{name}") as out:
        for task, columns in lists.items():
            write_table(out / f"{task}.parquet", tables.RECOMMENDATIONS, columns)


if __name__ == "__main__":
    typer.run(main)
