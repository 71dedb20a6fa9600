"""From a preprocessed dataset to the tuples, the lexicon and the explanations with their splits."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import artifacts
from pipeline.explanations import corpus, measures
from pipeline.explanations.config import ExplanationsConfig
from pipeline.explanations.evidence import Corrections, Evidence
from pipeline.explanations.extraction import Extractor
from pipeline.explanations.provided import provided_pairs
from pipeline.explanations.selection import Outcome
from pipeline.explanations.splitting import SPLITS, assign
from pipeline.explanations.workers import worker_count
from pipeline.tables import EXPLANATIONS, INTERACTIONS, LEXICON, REVIEWS, TUPLES

ROWS = 1024
"""Reviews a batch."""
_TOTALS = ("reviews", "reviews_with_text", "reviews_foreign", "reviews_with_tuples")
Watch = Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]


class Dataset(NamedTuple):
    """What the stage reads: the reviews' file, the sequential splits, and explanations of its own."""

    reviews: Path
    sequential: dict[str, pa.Table]
    provided: pa.Table


def read_dataset(folder: Path) -> Dataset:
    """Read the preprocessed dataset in `folder`; the reviews are only named, they are streamed later."""
    sequential = {
        name: artifacts.read_table(folder / f"{name}.parquet", INTERACTIONS, ["user", "item"])
        for name in SPLITS
    }
    provided = artifacts.read_table(folder / "p5_explanations.parquet", EXPLANATIONS)
    return Dataset(folder / "reviews.parquet", sequential, provided)


def build(
    dataset: Dataset, out: Path, config: ExplanationsConfig, rng: np.random.Generator, watch: Watch = iter
) -> dict[str, Any]:
    """Write tuples, lexicon and explanations to the folder `out`; return the figures of the stage.

    Explanations that the dataset brings are taken as they are, splits included; else they are extracted
    from the reviews. `watch` is put around the batches of reviews, for a progress bar.
    """
    if len(dataset.provided):
        explanations, lexicon, figures = _take(dataset, out)
    else:
        explanations, lexicon, figures = _extract(dataset, out, config, rng, watch)
    artifacts.write_table(out / "lexicon.parquet", LEXICON, lexicon)
    artifacts.write_table(out / "explanations.parquet", EXPLANATIONS, explanations)
    return {**figures, **measures.result(explanations, lexicon, dataset.sequential["test"])}


def _take(dataset: Dataset, out: Path) -> tuple[pa.Table, pa.Table, dict[str, Any]]:
    artifacts.write_table(out / "tuples.parquet", TUPLES, TUPLES.empty_table())
    explanations = dataset.provided.sort_by([("user", "ascending"), ("item", "ascending")])
    return explanations, provided_pairs(explanations).table(), {"source": "dataset"}


def _extract(
    dataset: Dataset, out: Path, config: ExplanationsConfig, rng: np.random.Generator, watch: Watch
) -> tuple[pa.Table, pa.Table, dict[str, Any]]:
    reviews = artifacts.read_batches(dataset.reviews, REVIEWS, ROWS)
    workers = worker_count(config.workers, len(artifacts.read_table(dataset.reviews, REVIEWS, ["row"])))
    extractor, evidence = Extractor(), Evidence()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".scratch.") as folder:
        scratch = Path(folder) / "found.parquet"
        counts, totals = corpus.extract(watch(reviews), scratch, extractor, evidence, workers)
        corrections = (
            evidence.corrections(extractor.polarity) if config.polarity == "corpus" else Corrections()
        )
        choices, pairs, agreement = corpus.select(
            scratch, out / "tuples.parquet", counts, config, corrections
        )
    choices = corpus.best_per_pair(choices)
    figures = {
        "source": "reviews" if totals["reviews_with_text"] else "none: the dataset has no review texts",
        **{name: totals[name] for name in _TOTALS},
        "corrected_polarities": len(corrections),
        "tuples": sum(agreement[side] for side in ("positive", "negative", "undecided")),
        **measures.agreement(agreement),
        **measures.reach(choices),
    }
    chosen = choices.filter(pc.equal(choices["outcome"], int(Outcome.EXPLAINED)))
    split = assign(chosen, dataset.sequential, config, rng)
    columns = {name: chosen[name] for name in EXPLANATIONS.names if name != "split"}
    explanations = artifacts.make_table(EXPLANATIONS, {**columns, "split": split.tolist()})
    return explanations, pairs.table(), figures
