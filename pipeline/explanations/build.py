"""From a preprocessed dataset to the tuples, the lexicon and the explanations with their splits."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import artifacts
from pipeline.data.pseudonyms import UserNamer
from pipeline.data.splits import SPLITS
from pipeline.explanations import corpus, measures
from pipeline.explanations.config import ExplanationsConfig
from pipeline.explanations.evidence import Corrections, Evidence
from pipeline.explanations.extraction import Extractor
from pipeline.explanations.given import Interactions, p5_explanations, read_interactions, write_sentires
from pipeline.explanations.lexicon import FeatureCounts
from pipeline.explanations.provided import provided_pairs
from pipeline.explanations.selection import Outcome
from pipeline.explanations.sentires import read_lexicon, write_lexicon
from pipeline.explanations.splitting import assign
from pipeline.runtime.engines.base import Engines
from pipeline.runtime.engines.local import worker_count
from pipeline.tables import EXPLANATIONS, INTERACTIONS, LEXICON, REVIEWS, TUPLES

ROWS = 1024
"""Reviews a batch."""
_TOTALS = ("reviews", "reviews_with_text", "reviews_foreign", "reviews_with_tuples")
Watch = Callable[[Iterable[pa.RecordBatch], int], Iterable[pa.RecordBatch]]
"""Passes batches of reviews on; told how many reviews they hold together."""
_Extract = Callable[[Path, Path, ExplanationsConfig], tuple[FeatureCounts, Counter[str], Corrections]]


class Dataset(NamedTuple):
    """What the stage reads: the preprocessed folder, the sequential splits, explanations of the dataset.

    `named` is what names users there.
    """

    folder: Path
    sequential: dict[str, pa.Table]
    provided: pa.Table
    named: UserNamer


def read_dataset(folder: Path, named: UserNamer = str) -> Dataset:
    """Read the preprocessed dataset in `folder`; the reviews are streamed later."""
    sequential = {
        name: artifacts.read_table(folder / f"{name}.parquet", INTERACTIONS, ["user", "item"])
        for name in SPLITS
    }
    provided = artifacts.read_table(folder / "p5_explanations.parquet", EXPLANATIONS)
    return Dataset(folder, sequential, provided, named)


def unwatched(batches: Iterable[pa.RecordBatch], reviews: int) -> Iterable[pa.RecordBatch]:
    """A Watch that shows nothing."""
    return batches


def build(
    dataset: Dataset,
    out: Path,
    config: ExplanationsConfig,
    rng: np.random.Generator,
    engines: Engines,
    watch: Watch = unwatched,
) -> dict[str, Any]:
    """Write tuples, lexicon (a table, and text as Sentires has it) and explanations to the folder `out`.
    Return the figures of the stage.

    Explanations of a P5 folder are taken as they are, splits included; else one is chosen for each (user,
    item) among the tuples that Sentires found or that are extracted by an engine of `engines`. `watch` is put
    around the batches of reviews, for a progress bar.
    """
    out.mkdir(parents=True, exist_ok=True)
    if config.source == "p5":
        given, became = p5_explanations(Path(config.path), _interactions(dataset))
        explanations, lexicon, figures = _take(given, out)
        figures = {"source": "p5", **became}
    elif config.source == "reviews" and len(dataset.provided):
        explanations, lexicon, figures = _take(dataset.provided, out)
    else:
        extract = partial(_extract, engines=engines, watch=watch)
        explanations, lexicon, figures = _choose(dataset, out, config, rng, extract)
    artifacts.write_table(out / "lexicon.parquet", LEXICON, lexicon)
    write_lexicon(out / "lexicon.txt", lexicon)
    artifacts.write_table(out / "explanations.parquet", EXPLANATIONS, explanations)
    return {**figures, **measures.result(explanations, lexicon, dataset.sequential["test"])}


def _interactions(dataset: Dataset) -> Interactions:
    return read_interactions(dataset.folder, dataset.sequential.values(), dataset.named)


def _take(given: pa.Table, out: Path) -> tuple[pa.Table, pa.Table, dict[str, Any]]:
    artifacts.write_table(out / "tuples.parquet", TUPLES, TUPLES.empty_table())
    explanations = given.sort_by([("user", "ascending"), ("item", "ascending")])
    return explanations, provided_pairs(explanations).table(), {"source": "dataset"}


def _choose(
    dataset: Dataset, out: Path, config: ExplanationsConfig, rng: np.random.Generator, extract: _Extract
) -> tuple[pa.Table, pa.Table, dict[str, Any]]:
    with artifacts.scratch_folder(out / "scratch") as folder:
        scratch = folder / "found.parquet"
        corrections = Corrections()
        if config.source == "sentires":
            counts, totals = write_sentires(Path(config.path), _interactions(dataset), scratch)
            source = "sentires"
        else:
            counts, totals, corrections = extract(dataset.folder / "reviews.parquet", scratch, config)
            source = "reviews" if totals["reviews_with_text"] else "none: the dataset has no review texts"
        choices, pairs, agreement = corpus.select(
            scratch, out / "tuples.parquet", counts, config, corrections
        )
    choices = corpus.best_per_pair(choices)
    figures = {
        "source": source,
        **{name: totals[name] for name in (*_TOTALS, *sorted(totals))},
        "corrected_polarities": len(corrections),
        "tuples": sum(agreement[side] for side in ("positive", "negative", "undecided")),
        **measures.agreement(agreement),
        **measures.reach(choices),
    }
    lexicon = read_lexicon(Path(config.lexicon)) if config.lexicon else pairs.table()
    return _split(choices, dataset, config, rng), lexicon, figures


def _extract(
    path: Path, scratch: Path, config: ExplanationsConfig, engines: Engines, watch: Watch
) -> tuple[FeatureCounts, Counter[str], Corrections]:
    number = len(artifacts.read_table(path, REVIEWS, ["row"]))
    reviews = watch(artifacts.read_batches(path, REVIEWS, ROWS), number)
    extractor = Extractor()
    evidence = Evidence()
    with engines(worker_count(config.workers, number)) as engine:
        counts, totals = corpus.extract(reviews, scratch, extractor, evidence, engine)
    corrected = config.polarity == "corpus"
    return counts, totals, evidence.corrections(extractor.polarity) if corrected else Corrections()


def _split(
    choices: pa.Table, dataset: Dataset, config: ExplanationsConfig, rng: np.random.Generator
) -> pa.Table:
    chosen = choices.filter(pc.equal(choices["outcome"], int(Outcome.EXPLAINED)))
    split = assign(chosen, dataset.sequential, config, rng)
    columns = {name: chosen[name] for name in EXPLANATIONS.names if name != "split"}
    return artifacts.make_table(EXPLANATIONS, {**columns, "split": split.tolist()})
