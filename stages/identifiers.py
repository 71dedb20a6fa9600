"""Stage identifiers: the number that names each user and item in prompts."""

from functools import partial
from pathlib import Path

import numpy as np
import typer

from pipeline import tables
from pipeline.artifacts import list_matrix, read_table, write_json, write_table
from pipeline.data.splits import SPLITS
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.numbers import join_splits, leak_shares, number_ids
from pipeline.params import Section, read_params
from pipeline.publication import published
from pipeline.randomness import generator
from stages.errors import clear_errors
from stages.provenance import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    identifiers: IdentifiersConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Number users and items, and measure what the numbers give away; every path is below `root`."""
    params = read_params(Params, root / "params.yaml")
    preprocessed = root / "data/preprocessed"
    splits = {name: read_table(preprocessed / f"{name}.parquet", tables.INTERACTIONS) for name in SPLITS}
    users = read_table(preprocessed / "users.parquet", tables.USERS, ["user"]).num_rows
    items = read_table(preprocessed / "items.parquet", tables.ITEMS, ["item"]).num_rows
    histories = join_splits(splits, users, items)

    def vectors() -> np.ndarray:
        return list_matrix(read_table(root / "data/embeddings/items.parquet", tables.ITEM_VECTORS)["vector"])

    # The streams keep their first name, under which published figures were drawn.
    random = partial(generator, params.seed, "numbering")
    numbers = number_ids(params.identifiers, histories, vectors, random)
    user_columns = {"user": np.arange(users), "number": numbers[0]}
    item_columns = {"item": np.arange(items), "number": numbers[1]}
    leak = leak_shares(histories, numbers[1])
    figures = {"method": params.identifiers.method, "users": users, "items": items, "leak": leak}
    with published(root, "identifiers", "data/identifiers", "metrics") as (out, metrics):
        write_table(out / "users.parquet", tables.USER_NUMBERS, user_columns)
        write_table(out / "items.parquet", tables.ITEM_NUMBERS, item_columns)
        write_json(metrics / "identifiers.json", figures)


if __name__ == "__main__":
    typer.run(recorded(main))
