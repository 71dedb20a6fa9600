"""A raw source, whatever its format: its interactions first, then what is needed of those that were kept."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import numpy as np

from pipeline.artifacts import write_table
from pipeline.data.amazon import choose_layout, read_amazon
from pipeline.data.interactions import Interactions, collect
from pipeline.data.layouts import Layout
from pipeline.data.p5 import read_histories, read_negatives
from pipeline.data.p5_explanations import P5Explanation, read_p5_explanations
from pipeline.data.records import DatasetError, Faults, Record
from pipeline.data.reviews import write_reviews
from pipeline.data.set_aside import TextsSetAside
from pipeline.data.text_statistics import TextStatistics
from pipeline.tables import REVIEWS

Progress = Callable[[Iterable[Record]], Iterable[Record]]


class Source(Protocol):
    """What `preprocess` asks of a raw source.

    Attributes:
        format: its name, as in `dataset.format`.
    """

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


class AmazonSource:
    """A file of Amazon reviews, read once: texts are set aside until it's known whose stay."""

    def __init__(self, path: Path, layout: Layout, progress: Progress, scratch: Path | None) -> None:
        self.format = layout.name
        self._path, self._layout, self._progress, self._scratch = path, layout, progress, scratch

    def interactions(self, faults: Faults) -> Interactions:
        """Read who, what and when; bad records go to `faults`."""
        records = self._progress(read_amazon(self._path, self._layout, faults))
        if self._scratch is None:
            return collect(records)
        self._texts = TextsSetAside(self._scratch)
        return collect(self._texts.passing(records))

    def write_reviews(self, path: Path, kept: Interactions) -> TextStatistics:
        """Write the texts of the kept interactions, in file order; `interactions` comes before."""
        return write_reviews(path, self._texts.of_rows(kept.rows), kept)

    def negatives(self, kept: Interactions, count: int) -> None:
        """Review files bring no negatives."""

    def explanations(self) -> list[P5Explanation]:
        """Review files bring no ready-made explanations."""
        return []


class P5Source:
    """A folder in the P5 format."""

    format = "p5"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def interactions(self, faults: Faults) -> Interactions:
        """Read the histories; a folder that was processed before has no bad records to set aside."""
        found = read_histories(self._folder)
        faults.read += len(found)
        return found

    def write_reviews(self, path: Path, kept: Interactions) -> TextStatistics:
        """Write no reviews: the format has no texts."""
        write_table(path, REVIEWS, {name: [] for name in REVIEWS.names})
        return TextStatistics()

    def negatives(self, kept: Interactions, count: int) -> np.ndarray | None:
        """Return the negatives of `negative_samples.txt` where there is one."""
        return read_negatives(self._folder, kept, count)

    def explanations(self) -> list[P5Explanation]:
        """Return the folder's explanations, an empty list where it has none."""
        return read_p5_explanations(self._folder) or []


def open_source(path: Path, wanted: str, progress: Progress, scratch: Path | None = None) -> Source:
    """Return the source at `path` in the format `wanted` (`auto`: a folder is P5, a file is told by content).

    `scratch` is a folder with room for about a third of the text, None where only interactions are wanted.
    Raises DatasetError when the path doesn't exist or isn't of that format.
    """
    if not path.exists():
        raise DatasetError(
            f"{path}: no such file or folder; name yours in dataset.raw (python -m stages.sample makes "
            "data/raw/sample.json.gz)"
        )
    if wanted == "p5" and not path.is_dir():
        raise DatasetError(f"{path}: a file; dataset.format p5 wants a folder")
    if path.is_dir():
        if wanted not in ("auto", "p5"):
            raise DatasetError(f"{path}: a folder; dataset.format {wanted} wants a file")
        return P5Source(path)
    return AmazonSource(path, choose_layout(path, wanted), progress, scratch)
