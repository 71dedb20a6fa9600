"""Sections `sample` and `dataset` of params.yaml."""

from math import ceil
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.params import Section, dvc_path

SHORTEST_HISTORY = 5
LONGEST_HISTORY = 16


class SampleConfig(Section):
    """Section `sample`: the size of the bundled synthetic reviews.

    Every user has 5 to 16 reviews and every item at least 5, so the three sizes bound one another.
    """

    users: int = Field(ge=5, le=9999)
    items: int = Field(ge=20, le=9999)
    reviews: int = Field(ge=25)

    @model_validator(mode="after")
    def _sizes_fit(self) -> "SampleConfig":
        fewest = SHORTEST_HISTORY * max(self.users, self.items)
        most = LONGEST_HISTORY * self.users
        if fewest > most:
            raise ValueError(
                f"{self.users} users with {LONGEST_HISTORY} reviews each can't review {self.items} items "
                f"{SHORTEST_HISTORY} times each: raise users to {ceil(fewest / LONGEST_HISTORY)} or more"
            )
        if not fewest <= self.reviews <= most:
            raise ValueError(
                f"reviews is {self.reviews}; {self.users} users and {self.items} items need {fewest} "
                f"(5 per user and item) to {most} (16 per user)"
            )
        return self


AUTO = "auto"
NONE = "none"


class TableConfig(Section):
    """Section `dataset.table`: which column of a table says what.

    Each is `auto` (told by its name), a column's name, its number from 1 where no line names the columns, or
    `none`: not read (users and items are needed).

    Attributes:
        highest_rating: of the table; ratings go up to it and are scaled to at most 5; 0 stands for none.
    """

    user: str | int = AUTO
    item: str | int = AUTO
    rating: str | int = AUTO
    timestamp: str | int = AUTO
    summary: str | int = AUTO
    text: str | int = AUTO
    highest_rating: float = Field(default=5, gt=0)


class DatasetConfig(Section):
    """Section `dataset`: reading, filtering and splitting.

    Attributes:
        raw: a raw review file or a table, plain or gzipped, or a folder in the P5 format or of MovieLens.
        format: of `raw`; `auto` looks at its first records.
        table: which column of a table says what.
        ties: what decides the order of a user's interactions of equal time: `file`, as they stand there, or
            `random`, drawn once by `seed`.
        tie_order: a second source of the same interactions, whose order decides instead; empty or an empty
            file for none.
        core: k of the iterative k-core; 0 for none.
        duplicates: which of several interactions of one (user, item) stays; `last` is the last by time.
        negatives: negatives a user in top-n (the paper: 99).
        bad_records: `stop` at the first bad record, or set bad records aside (`quarantine`).
        pseudonymize: users are named by keyed pseudonyms; the key is in the environment (`pseudonyms`).
        removed_users: the list of users who are left out (`removal`); an empty file for none.
        metadata: the file of the items' titles, categories and brands (`metadata`); an empty file for none.
    """

    raw: Annotated[str, dvc_path("data/raw/sample.json.gz")]
    format: Literal["auto", "amazon2014", "amazon2018", "amazon2023", "table", "p5"]
    core: int = Field(ge=0)
    duplicates: Literal["first", "last", "all"]
    negatives: int = Field(ge=1)
    bad_records: Literal["stop", "quarantine"]
    pseudonymize: bool = False
    removed_users: Annotated[str, dvc_path("data/removed_users.txt")] = ""
    metadata: Annotated[str, dvc_path("data/no_metadata.json")] = ""
    table: TableConfig = TableConfig()
    ties: Literal["file", "random"] = "file"
    tie_order: Annotated[str, dvc_path("data/no_order.txt")] = ""

    @field_validator("ties", mode="before")
    @classmethod
    def _path_of_ties(cls, value: object) -> object:
        if isinstance(value, str) and value not in ("file", "random"):
            raise ValueError("file or random wanted; the path of an order goes to dataset.tie_order")
        return value
