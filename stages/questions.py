"""What `generate` asks about."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.artifacts import ArtifactError, read_table
from pipeline.data.next_items import read_choices
from pipeline.tables import CHOICES
from pipeline.tasks.base import Task
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.dataset import Dataset
from stages.prompt_inputs import dataset_files, read_dataset


def test_files(data: Path, tasks: Sequence[Task]) -> list[Path]:
    """Return what `read_tests` reads."""
    return [*dataset_files(data), *([data / "choices/choices.parquet"] if CHOICE in tasks else [])]


def read_tests(data: Path, tasks: Sequence[Task]) -> Dataset:
    """Read what `tasks` ask about after training: the dataset, and stored candidates for the choice task."""
    dataset = read_dataset(data)
    if CHOICE not in tasks:
        return dataset
    stored = read_choices(read_table(data / "choices/choices.parquet", CHOICES))
    if "test" not in stored:
        raise ArtifactError(
            f"{data / 'choices/choices.parquet'}: no candidates for tests; set choices.redraws to 1 or more"
        )
    return replace(dataset, choices=stored)
