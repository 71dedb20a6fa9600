"""Stage `neighbours`: each user's most similar users, computed once."""

from pathlib import Path

import typer

from pipeline.artifacts import list_matrix, read_table, write_json, write_table
from pipeline.embeddings.config import NeighboursConfig
from pipeline.embeddings.search import describe, search
from pipeline.params import Section, read_params
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from pipeline.tables import NEIGHBOURS, USER_VECTORS
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    neighbours: NeighboursConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Find the most similar users of each user by cosine; every path is below `root`."""
    settings = read_params(Params, root / "params.yaml").neighbours
    table = read_table(root / "data/embeddings/users.parquet", USER_VECTORS)
    matrix = list_matrix(table["vector"])
    found = search(matrix, settings)
    columns = {"user": table["user"], "neighbours": found.users, "cosines": found.cosines}
    with published(root, "neighbours", "data/neighbours", "metrics") as (out, metrics):
        write_table(out / "neighbours.parquet", NEIGHBOURS, columns)
        write_json(metrics / "neighbours.json", describe(matrix, found, settings))


if __name__ == "__main__":
    typer.run(recorded(main))
