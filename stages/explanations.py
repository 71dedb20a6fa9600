"""Stage `explanations`: reviews to feature-opinion tuples, a lexicon and one sentence per (user, item)."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import typer

from pipeline import artifacts
from pipeline.data.config import DatasetConfig
from pipeline.data.pseudonyms import user_namer
from pipeline.explanations.build import build, read_dataset
from pipeline.explanations.config import ExplanationsConfig
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.start import start_engine
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.progress_bar import ProgressBar
from pipeline.runtime.publication import published
from stages.recorded import recorded


class Params(Section):
    """The sections that this stage reads."""

    seed: int
    dataset: DatasetConfig
    explanations: ExplanationsConfig
    runtime: RuntimeConfig = RuntimeConfig()


@clear_errors
def main(root: Path = Path()) -> dict[str, int]:
    """Extract explanations from the preprocessed reviews; every path is below `root`."""
    chosen = read_params(Params, root / "params.yaml")
    rng = generator(chosen.seed, "explanations", "split")
    # Explanations that others extracted name users by raw id.
    named = user_namer(chosen.dataset.pseudonymize, os.environ)
    dataset = read_dataset(root / "data/preprocessed", named)
    with published(root, "explanations", "data/explanations", "metrics") as (out, metrics):
        engines = partial(start_engine, chosen.runtime)
        figures = build(dataset, out, chosen.explanations, rng, engines, with_progress)
        artifacts.write_json(metrics / "explanations.json", figures)
    return {"reviews": figures["reviews"]} if "reviews" in figures else {}


def with_progress(batches: Iterable[pa.RecordBatch], reviews: int) -> Iterator[pa.RecordBatch]:
    """Pass the batches on, and say how many of the `reviews` are read, and the time left."""
    with ProgressBar("extracting", reviews, "reviews") as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))


if __name__ == "__main__":
    typer.run(recorded(main))
