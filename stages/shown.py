"""Test users that the page shows, as far as the model was trained to answer them."""

from pathlib import Path

from pipeline import tables
from pipeline.artifacts import read_table
from pipeline.evaluation.held_out import titles_by_item
from pipeline.evaluation.schema.inputs import TrainingMetrics
from pipeline.randomness import generator
from pipeline.report.choice import ShownChoice, make_choices
from pipeline.report.examples import ShownExample, Sources, make_examples

SPLITS = ("train", "validation", "test")


def read_examples(root: Path, training: TrainingMetrics, count: int, seed: int) -> list[ShownExample]:
    """Return at most `count` users with their lists; none of a model that wasn't trained for lists."""
    if not {"sequential", "topn"} <= set(training.tasks):
        return []
    return make_examples(read_sources(root), count, generator(seed, "report", "examples"))


def read_sources(root: Path) -> Sources:
    """Read the tables that examples are taken from."""
    data = root / "data/preprocessed"
    predictions = root / "predictions/peapod"
    splits = {name: read_table(data / f"{name}.parquet", tables.INTERACTIONS) for name in SPLITS}
    return Sources(
        users=read_table(data / "users.parquet", tables.USERS),
        items=read_table(data / "items.parquet", tables.ITEMS),
        **splits,
        sequential=read_table(predictions / "sequential.parquet", tables.RECOMMENDATIONS),
        topn=read_table(predictions / "topn.parquet", tables.RECOMMENDATIONS),
        attention=read_table(predictions / "attention.parquet", tables.ATTENTION),
        explanations=read_table(root / "data/explanations/explanations.parquet", tables.EXPLANATIONS),
        generated=read_table(predictions / "explanation.parquet", tables.GENERATED),
    )


def read_choices(root: Path, training: TrainingMetrics, count: int, seed: int) -> list[ShownChoice]:
    """Return at most `count` users with what was chosen; none of a model that wasn't trained to choose."""
    if "choice" not in training.tasks:
        return []
    users = read_table(root / "data/preprocessed/users.parquet", tables.USERS)
    return make_choices(
        read_table(root / "data/choices/choices.parquet", tables.CHOICES),
        read_table(root / "predictions/peapod/choice.parquet", tables.CHOSEN),
        titles_by_item(read_table(root / "data/identifiers/items.parquet", tables.ITEM_IDENTIFIERS)),
        users.sort_by("user")["user_id"].to_pylist(),
        count,
        generator(seed, "report", "choices"),
    )
