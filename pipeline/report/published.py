"""The paper's published figures (tables 3 to 8) and the statistics of its datasets."""

import csv
from pathlib import Path

from pipeline.evaluation.schema.inputs import Sizes

_FOLDER = Path(__file__).parent / "published"

MAIN_TABLES = {"sequential": "3", "topn": "4", "explanation": "5"}
"""The paper's table with all methods, by task."""

SIZE_TABLES = {"sequential": "6", "topn": "7", "explanation": "8"}
"""The paper's table that compares model sizes, by task."""

PUBLISHED_TABLES = {"main": MAIN_TABLES, "sizes": SIZE_TABLES}
"""The same by what a sweep's `published` says."""

Published = dict[str, dict[str, float]]
"""Method to metric to figure, in the paper's order."""


LLARA = "llara_results.csv"
"""Of *LLaRA* (table 1, 2) and of its README of July 2024, where "dataset" has the sizes."""


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def papers_datasets() -> list[str]:
    """Return the paper's names of its datasets."""
    return sorted(row["dataset"] for row in _rows("dataset_statistics.csv"))


def matching_dataset(sizes: Sizes) -> str | None:
    """Return the paper's name of the dataset with these users, items and reviews, or None."""
    found = (sizes.users, sizes.items, sizes.reviews)
    for row in _rows("dataset_statistics.csv"):
        if found == (int(row["users"]), int(row["items"]), int(row["reviews"])):
            return row["dataset"]
    return None


def published_figures(task: str, dataset: str | None, tables: dict[str, str] = MAIN_TABLES) -> Published:
    """Return the paper's figures of one task on one of its datasets; empty for any other dataset.

    `tables` says which of the paper's tables is meant, by task.
    """
    figures: Published = {}
    for row in _rows("published_results.csv"):
        if (row["table"], row["dataset"]) == (tables[task], dataset):
            figures.setdefault(row["method"], {})[row["metric"]] = float(row["value"])
    return figures


def llara_dataset(sizes: Sizes) -> str | None:
    """Return LLaRA's name of the dataset with as many users and no more items, or None.

    Interactions aren't compared: the paper counts those that its own split leaves out.
    """
    found: dict[str, dict[str, int]] = {}
    for row in _rows(LLARA):
        if row["method"] == "dataset":
            found.setdefault(row["dataset"], {})[row["metric"]] = int(row["value"])
    for name, counts in found.items():
        if sizes.users == counts["sequences"] and sizes.items <= counts["items"]:
            return name
    return None


def llara_figures(dataset: str | None) -> Published:
    """Return HR@1 and ValidRatio that LLaRA's authors published on a dataset of theirs; empty for others."""
    figures: Published = {}
    for row in _rows(LLARA):
        if row["dataset"] == dataset and row["method"] != "dataset":
            label = row["method"] if row["table"] == "2" else f"{row['method']}, {row['table']}"
            figures.setdefault(label, {})[row["metric"]] = float(row["value"])
    return figures
