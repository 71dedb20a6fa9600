"""Stage `embeddings`: user and item vectors from the train interactions alone."""

from pathlib import Path

import numpy as np
import typer

from pipeline.artifacts import read_table, write_json, write_table
from pipeline.embeddings.config import FACTORIZATIONS, RELEASED, EmbeddingsConfig
from pipeline.embeddings.factorization import factorize
from pipeline.embeddings.feedback import choose_feedback
from pipeline.embeddings.fitted import one_configuration, recommender_vectors, released_vectors
from pipeline.embeddings.quality import describe
from pipeline.params import Section, read_params
from pipeline.randomness import integer_seed
from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.config import BaselinesConfig
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from pipeline.tables import INTERACTIONS, ITEM_VECTORS, ITEMS, USER_VECTORS, USERS
from stages.fits import fit_of
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    embeddings: EmbeddingsConfig
    baselines: BaselinesConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Fit vectors on train interactions and say how good the neighbours are; every path is below `root`."""
    settings = read_params(Params, root / "params.yaml")
    preprocessed = root / "data/preprocessed"
    train = read_table(preprocessed / "train.parquet", INTERACTIONS, ["user", "item", "rating"])
    users = read_table(preprocessed / "users.parquet", USERS, ["user"]).num_rows
    item_ids = read_table(preprocessed / "items.parquet", ITEMS)["item_id"].to_pylist()

    user, item, rating = (train[name].to_numpy() for name in ("user", "item", "rating"))
    config = settings.embeddings
    method = config.method
    feedback = choose_feedback(user, item, rating, config)
    seed = integer_seed(settings.seed, "embeddings")
    data = TrainingData.from_table(train, users, len(item_ids))
    chosen = None
    if method in FACTORIZATIONS:
        factors = factorize(feedback, users, len(item_ids), config, seed)
    elif method == RELEASED:
        factors = released_vectors(Path(config.released.path), item_ids, data.histories)
    else:
        chosen = one_configuration(getattr(settings.baselines, method), config.dimensions)
        factors = recommender_vectors(method, fit_of(method), data, chosen, config.dimensions, seed)

    user_columns = {"user": np.arange(users), "vector": factors.users}
    item_columns = {"item": np.arange(len(item_ids)), "vector": factors.items}
    with published(root, "embeddings", "data/embeddings", "metrics") as (out, metrics):
        write_table(out / "users.parquet", USER_VECTORS, user_columns)
        write_table(out / "items.parquet", ITEM_VECTORS, item_columns)
        write_json(metrics / "embeddings.json", describe(feedback, factors, config, chosen))


if __name__ == "__main__":
    typer.run(recorded(main))
