"""Stage preprocess: the raw source to tables of users, items, reviews, splits and candidates."""

import functools
import os
from pathlib import Path

import typer

from pipeline import tables
from pipeline.artifacts import atomic_path, write_json, write_table
from pipeline.data import preparation
from pipeline.data.candidates import draw_negatives
from pipeline.data.config import DatasetConfig
from pipeline.data.pseudonyms import UserNamer, user_namer
from pipeline.data.records import Faults
from pipeline.data.removal import read_removed
from pipeline.data.source import open_source
from pipeline.data.statistics import dataset_metrics
from pipeline.data.ties import given_order, order_ties
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.progress_bar import watched
from pipeline.runtime.publication import published
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    dataset: DatasetConfig


@clear_errors
def main(root: Path = Path()) -> dict[str, int]:
    """Write the tables of data/preprocessed and metrics/dataset.json below `root`."""
    params = read_params(Params, root / "params.yaml")
    named = user_namer(params.dataset.pseudonymize, os.environ)
    with published(root, "preprocess", "data/preprocessed", "metrics") as (output, metrics):
        return prepare(params, named, output, metrics)


def prepare(params: Params, named: UserNamer, output: Path, metrics: Path) -> dict[str, int]:
    """Read, filter and split the raw source; return the number of its records."""
    config = params.dataset
    raw = Path(config.raw)
    removed = read_removed(Path(config.removed_users)) if config.removed_users else frozenset()
    progress = functools.partial(watched, name="reading", unit="records")
    source = open_source(raw, config.format, progress, scratch=output, table=config.table)
    with (
        atomic_path(output / "quarantine.jsonl") as quarantine,
        quarantine.open("w", encoding="utf-8", newline="\n") as file,
    ):
        faults = Faults(raw, config.bad_records == "stop", file, config.pseudonymize)
        read = source.interactions(faults)
    listed = source.items()
    kept, account = preparation.keep_interactions(read, config, removed, named, every_item=listed is not None)
    kept = order_ties(kept, config, given_order(config), generator(params.seed, "ties"))
    described = preparation.item_metadata(listed, config, kept.item_ids)
    negatives = source.negatives(kept, config.negatives)
    if negatives is None:
        negatives = draw_negatives(kept, config.negatives, generator(params.seed, "negatives"))
    given = source.explanations()
    split = preparation.split_of_users(kept, config, source.user_split(kept))
    texts = source.write_reviews(output / "reviews.parquet", kept)
    for name, (schema, columns) in preparation.prepared_tables(kept, negatives, given, named, split).items():
        write_table(output / f"{name}.parquet", schema, columns)
    write_table(output / "attributes.parquet", tables.ATTRIBUTES, described.attributes)
    write_table(output / "item_texts.parquet", tables.ITEM_TEXTS, described.texts)
    found = dataset_metrics(
        source.format, kept, faults, account, texts, preparation.explanation_account(given, kept)
    )
    write_json(metrics / "dataset.json", found | {"columns": source.columns, "metadata": described.account})
    return {"records": faults.read}


if __name__ == "__main__":
    typer.run(recorded(main))
