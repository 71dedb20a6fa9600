"""Sections `sample` and `dataset` of params.yaml."""

from math import ceil
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipeline.params import Section, dvc_path

SHORTEST_HISTORY = 5
LONGEST_HISTORY = 16


class SampleConfig(Section):
    """Every user has 5 to 16 reviews and every item at least 5, so the three sizes bound one another."""

    users: int = Field(default=400, ge=5, le=9999)
    """How many users."""

    items: int = Field(default=250, ge=20, le=9999)
    """How many items."""

    reviews: int = Field(default=4000, ge=25)
    """How many reviews."""

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
    """Each column is `auto` (told by its name), a column's name, its number from 1, or `none`.

    Numbers are for files in which no line names the columns; a column that is `none` isn't read. Users and
    items are needed.
    """

    user: str | int = AUTO
    """The user's id."""

    item: str | int = AUTO
    """The item's id."""

    rating: str | int = AUTO
    """The rating."""

    timestamp: str | int = AUTO
    """The time: Unix seconds, milliseconds or an ISO date."""

    summary: str | int = AUTO
    """The review's heading."""

    text: str | int = AUTO
    """The review's text."""

    highest_rating: float = Field(default=5, gt=0)
    """Ratings of a table go up to this and are scaled to at most 5; a rating of 0 stands for none."""


class DatasetConfig(Section):
    """`python -m stages.inspect PATH` says what a source holds before anything runs."""

    raw: Annotated[str, dvc_path("data/raw/sample.json.gz")] = "data/raw/sample.json.gz"
    """A file of reviews or interactions (plain or .gz), or a P5 or MovieLens folder; any path."""

    format: Literal["auto", "amazon2014", "amazon2018", "amazon2023", "table", "p5", "llara"] = "auto"
    """auto (looks at the first records), amazon2014, amazon2018, amazon2023, table, p5 or llara.

    A table is CSV, TSV, Parquet or JSON lines; p5 a folder of P5, POD or OpenP5; llara a folder of LLaRA's
    example files. The ratings in a folder of MovieLens are a table.
    """

    table: TableConfig = TableConfig()
    """Which column of a table says what."""

    split: Literal["leave_one_out", "users"] = "leave_one_out"
    """leave_one_out (PeaPOD: each user's last item is test), or users (LLaRA: whole users are).

    With users the first 80 % of them by the time of their first interaction are train, the next 10 %
    validation, the rest test, or as the source's own files say; the last item of the others is asked for.
    """

    lowest_rating: float = Field(default=0, ge=0, le=5)
    """Interactions that are rated lower are left out (LLaRA's MovieLens: 3); 0: none."""

    core: int = Field(default=5, ge=0)
    """k of the iterative k-core: every user and item keeps at least k interactions; 0: none."""

    duplicates: Literal["first", "last", "all"] = "last"
    """first, last (by time) or all: which of several reviews of one (user, item) stays."""

    ties: Literal["file", "random"] = "file"
    """Order of a user's interactions of equal time: file (as they stand there) or random (by the seed)."""

    tie_order: Annotated[str, dvc_path("data/no_order.txt")] = "data/no_order.txt"
    """A second source whose order decides ties instead; none in an empty file."""

    negatives: int = Field(default=99, ge=1)
    """Negatives per user in top-n; with the positive they are the candidates (the paper: 99)."""

    bad_records: Literal["stop", "quarantine"] = "stop"
    """stop (with file, line, field and value) or quarantine (set aside, counted, go on)."""

    pseudonymize: bool = False
    """true: keyed pseudonyms in place of user ids; the key is in PEAPOD_PSEUDONYM_KEY."""

    removed_users: Annotated[str, dvc_path("data/removed_users.txt")] = "data/removed_users.txt"
    """Users who are left out, by marks (python -m tools.remove_user adds one); none in an empty file."""

    metadata: Annotated[str, dvc_path("data/no_metadata.json")] = "data/no_metadata.json"
    """Titles, categories and brands of the items; none in an empty file.

    Amazon's metadata file, or a TSV or CSV table: for identifiers by texts, and for the baselines fdsa, s3rec
    and cooccurrence_text (docs/baselines.md).
    """

    @field_validator("ties", mode="before")
    @classmethod
    def _path_of_ties(cls, value: object) -> object:
        if isinstance(value, str) and value not in ("file", "random"):
            raise ValueError("file or random wanted; the path of an order goes to dataset.tie_order")
        return value


class ChoicesConfig(Section):
    """LLaRA's question: which of these titles comes next?"""

    candidates: int = Field(default=20, ge=2)
    """Items in a set of candidates, the right one among them."""

    redraws: int = Field(default=0, ge=0)
    """Sets of candidates of each validation and test example; 0: none, nothing is to be chosen.

    A larger number keeps the sets of a smaller one.
    """

    history: int = Field(default=10, ge=1)
    """Most items before the next one."""

    shortest: int = Field(default=3, ge=1)
    """Fewest items before the next one; examples with fewer are left out and counted."""

    @model_validator(mode="after")
    def _history_holds_the_shortest(self) -> "ChoicesConfig":
        if self.shortest > self.history:
            raise ValueError(
                f"shortest is {self.shortest}, history {self.history}: no example would stay; lower shortest "
                f"to {self.history} or less"
            )
        return self
