"""Stage identifiers: what names each user and item in prompts and answers."""

from functools import partial
from pathlib import Path

import numpy as np
import typer

from pipeline import tables
from pipeline.artifacts import list_matrix, read_table, write_json
from pipeline.data.item_texts import described_texts, item_documents
from pipeline.data.splits import SPLITS
from pipeline.identifiers.base import Sources, join_splits
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.leaks import leak_shares
from pipeline.identifiers.saved import save_identifiers
from pipeline.identifiers.schemes import make_identifiers
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.start import start_engine
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    identifiers: IdentifiersConfig
    runtime: RuntimeConfig = RuntimeConfig()


@clear_errors
def main(root: Path = Path()) -> None:
    """Name users and items, and measure what numbers give away; every path is below `root`."""
    params = read_params(Params, root / "params.yaml")
    preprocessed = root / "data/preprocessed"
    splits = {name: read_table(preprocessed / f"{name}.parquet", tables.INTERACTIONS) for name in SPLITS}
    users = read_table(preprocessed / "users.parquet", tables.USERS, ["user"]).num_rows
    item_ids = read_table(preprocessed / "items.parquet", tables.ITEMS)["item_id"].to_pylist()

    def texts() -> list[str]:
        said = read_table(preprocessed / "item_texts.parquet", tables.ITEM_TEXTS)
        reviews = read_table(preprocessed / "reviews.parquet", tables.REVIEWS)
        return item_documents(said, reviews, splits["train"], len(item_ids))

    def embeddings() -> np.ndarray:
        return list_matrix(read_table(root / "data/embeddings/items.parquet", tables.ITEM_VECTORS)["vector"])

    def titles() -> list[str]:
        said = read_table(preprocessed / "item_texts.parquet", tables.ITEM_TEXTS)
        return described_texts(said, len(item_ids), ("title",))

    engines = partial(start_engine, params.runtime)
    histories = join_splits(splits, users, len(item_ids))
    sources = Sources(histories, item_ids, texts, {"embeddings": embeddings}, titles, engines)
    # The streams keep their first name, under which published figures were drawn.
    found = make_identifiers(params.identifiers, sources, partial(generator, params.seed, "numbering"))
    figures = {"method": params.identifiers.method, "users": users, "items": len(item_ids), **found.report}
    if found.item_numbers is not None:
        figures["leak"] = leak_shares(histories, found.item_numbers)
    with published(root, "identifiers", "data/identifiers", "metrics") as (out, metrics):
        save_identifiers(out, found, params.identifiers.method)
        write_json(metrics / "identifiers.json", figures)


if __name__ == "__main__":
    typer.run(recorded(main))
