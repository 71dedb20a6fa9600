"""A raw source, whatever its format: its interactions first, then what is needed of those that were kept."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import numpy as np

from pipeline.artifacts import write_table
from pipeline.data.amazon import choose_layout, read_amazon
from pipeline.data.config import TableConfig
from pipeline.data.interactions import Interactions, collect
from pipeline.data.llara import LlaraSource, holds_examples
from pipeline.data.metadata import Item
from pipeline.data.mistaken import other_kind
from pipeline.data.p5 import find, histories_alone, holds_histories, read_histories, read_negatives
from pipeline.data.p5_explanations import P5Explanation, read_p5_explanations
from pipeline.data.raw_lines import is_gzip, read_lines
from pipeline.data.records import DatasetError, Faults, Record
from pipeline.data.reviews import write_reviews
from pipeline.data.set_aside import TextsSetAside
from pipeline.data.table import PARQUET_MAGIC, WANTED, open_table
from pipeline.data.text_statistics import TextStatistics
from pipeline.tables import REVIEWS

AS_NAMED = TableConfig()
"""The columns of a table are told by their names."""
MOVIELENS = ("u.data", "ratings.dat", "ratings.csv")
"""The ratings of its releases: 100K; 1M and 10M; 20M, 25M, 32M and latest."""
Progress = Callable[[Iterable[Record]], Iterable[Record]]


class Source(Protocol):
    """What `preprocess` asks of a raw source.

    Attributes:
        format: its name, as in `dataset.format`, of a table with its kind.
        columns: of a table, by what they say; empty for other formats.
    """

    columns: dict[str, str]

    @property
    def format(self) -> str:
        """Name of the format."""

    def interactions(self, faults: Faults) -> Interactions:
        """Read who, what and when; bad records go to `faults`."""

    def write_reviews(self, path: Path, kept: Interactions) -> TextStatistics:
        """Write the texts of the kept interactions."""

    def negatives(self, kept: Interactions, count: int) -> np.ndarray | None:
        """Return the source's own negatives [N, count], None where it has none."""

    def explanations(self) -> list[P5Explanation]:
        """Return the source's own explanations."""

    def user_split(self, kept: Interactions) -> np.ndarray | None:
        """Return the split that each user is in by the source [N], None where it says nothing."""

    def items(self) -> list[Item] | None:
        """Return all items that the source lists, None where it has no list."""


class RecordSource:
    """A file of records, read once: texts are set aside until it's known whose stay."""

    def __init__(
        self,
        kind: str,
        columns: dict[str, str],
        records: Callable[[Faults], Iterable[Record]],
        progress: Progress,
        scratch: Path | None,
    ) -> None:
        self.format = kind
        self.columns = columns
        self._records = records
        self._progress = progress
        self._scratch = scratch

    def interactions(self, faults: Faults) -> Interactions:
        """Read who, what and when; bad records go to `faults`."""
        records = self._progress(self._records(faults))
        if self._scratch is None:
            return collect(records)
        self._texts = TextsSetAside(self._scratch)
        return collect(self._texts.passing(records))

    def write_reviews(self, path: Path, kept: Interactions) -> TextStatistics:
        """Write the texts of the kept interactions, in file order; `interactions` comes before."""
        return write_reviews(path, self._texts.of_rows(kept.rows), kept)

    def negatives(self, kept: Interactions, count: int) -> None:
        """Files of records bring no negatives."""

    def explanations(self) -> list[P5Explanation]:
        """Files of records bring no ready-made explanations."""
        return []

    def user_split(self, kept: Interactions) -> None:
        """Files of records bring no split."""

    def items(self) -> None:
        """Files of records bring no list of items."""


class P5Source:
    """A folder in the P5 format, or a file of histories alone."""

    format = "p5"

    def __init__(self, folder: Path, histories: Path | None = None) -> None:
        self.columns: dict[str, str] = {}
        self._folder = folder
        self._histories = histories

    def interactions(self, faults: Faults) -> Interactions:
        """Read the histories; a folder that was processed before has no bad records to set aside."""
        found = read_histories(self._folder, self._histories)
        faults.read += len(found)
        return found

    def write_reviews(self, path: Path, kept: Interactions) -> TextStatistics:
        """Write no reviews: the format has no texts."""
        write_table(path, REVIEWS, {name: [] for name in REVIEWS.names})
        return TextStatistics()

    def negatives(self, kept: Interactions, count: int) -> np.ndarray | None:
        """Return the folder's negatives where it has some."""
        return None if self._histories else read_negatives(self._folder, kept, count)

    def explanations(self) -> list[P5Explanation]:
        """Return the folder's explanations, an empty list where it has none."""
        return [] if self._histories else read_p5_explanations(self._folder) or []

    def user_split(self, kept: Interactions) -> None:
        """The format has no split of users."""

    def items(self) -> None:
        """The format has no list of items."""


def open_source(
    path: Path,
    wanted: str,
    progress: Progress,
    scratch: Path | None = None,
    table: TableConfig = AS_NAMED,
) -> Source:
    """Return the source at `path` in the format `wanted` (`auto`: told by names and content).

    `scratch` is a folder with room for about a third of the text, None where only interactions are wanted.
    `table` says which column of a table is what. Raises DatasetError when the path doesn't exist or isn't of
    that format.
    """
    if not path.exists():
        raise DatasetError(
            f"{path}: no such file or folder; name yours in dataset.raw (python -m stages.sample makes "
            "data/raw/sample.json.gz)"
        )
    if path.is_dir():
        inside = _interactions_in(path)
        if wanted == "llara" or (wanted == "auto" and inside is None and holds_examples(path)):
            return LlaraSource(path)
        if inside is None and wanted not in ("auto", "p5"):
            raise DatasetError(f"{path}: a folder; dataset.format {wanted} wants a file")
        if inside is None or wanted == "p5":
            return P5Source(path)
        path = inside
    elif wanted == "llara" or (wanted == "p5" and not holds_histories(path)):
        raise DatasetError(f"{path}: a file; dataset.format {wanted} wants a folder")
    _refuse_other_kinds(path)
    if wanted in ("auto", "p5") and holds_histories(path):
        return P5Source(path.parent, histories_alone(path))
    layout = choose_layout(path, wanted) if wanted != "table" else None
    if layout is not None:
        known = layout
        return RecordSource(
            known.name, {}, lambda faults: read_amazon(path, known, faults), progress, scratch
        )
    found = open_table(path, table)
    return RecordSource(
        f"table ({found.kind})",
        found.columns,
        lambda faults: found.records(faults, table.highest_rating),
        progress,
        scratch,
    )


def _interactions_in(folder: Path) -> Path | None:
    """Return the file of ratings in a folder of MovieLens, None in any other."""
    return next((path for name in MOVIELENS if (path := find(folder, name))), None)


def _refuse_other_kinds(path: Path) -> None:
    first = next((line for _, line in read_lines(path) if line.strip()), b"")
    if first.startswith(PARQUET_MAGIC) and not is_gzip(path):
        return
    if kind := other_kind(first):
        raise DatasetError(f"{path}: looks like {kind}. Wanted: {WANTED}")
