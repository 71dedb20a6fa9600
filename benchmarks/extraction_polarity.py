"""What the corpus' corrections of polarity are worth, on reviews that they weren't learned from.

The reviews are halved by row; each half is corrected by what the other half says. Agreement is the share of
tuples whose sentiment is that of their review's rating (4 and more, 2 and less), after Sentires' authors.
"""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.extraction_speed import CONFIG, write_texts
from pipeline import artifacts
from pipeline.explanations import corpus, measures
from pipeline.explanations.evidence import Corrections, Evidence
from pipeline.explanations.extraction import Extractor
from pipeline.tables import REVIEWS


def benchmark(raw: Path) -> dict[str, Any]:
    """Agreement with the ratings under the prior polarity and under the corrected one, both halves summed."""
    extractor = Extractor()
    prior = Counter[str]()
    corrected = Counter[str]()
    pairs = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_texts(raw, folder / "reviews.parquet")
        counts = []
        evidence = [Evidence(), Evidence()]
        for half in (0, 1):
            reviews = _half(folder / "reviews.parquet", half)
            scratch = folder / f"{half}.parquet"
            counts.append(corpus.extract(reviews, scratch, extractor, evidence[half])[0])
        for half in (0, 1):
            learned = evidence[1 - half].corrections(extractor.polarity)
            pairs += len(learned)
            for corrections, total in ((Corrections(), prior), (learned, corrected)):
                scratch = folder / f"{half}.parquet"
                tuples = folder / "tuples.parquet"
                total.update(corpus.select(scratch, tuples, counts[half], CONFIG, corrections)[2])
    return {
        "file": str(raw),
        "corrected_pairs": pairs,
        **_named("prior", prior),
        **_named("corpus", corrected),
    }


def _half(path: Path, half: int) -> list[pa.RecordBatch]:
    reviews = artifacts.read_table(path, REVIEWS)
    chosen = pc.equal(pc.bit_wise_and(reviews["row"], 1), half)
    return reviews.filter(chosen).to_batches(max_chunksize=1024)


def _named(name: str, counts: Counter[str]) -> dict[str, float | None]:
    found = measures.agreement(counts)
    keys = ("polarity_agreement", "polarity_agreement_positive", "polarity_agreement_negative")
    return {f"{name}_{key}": None if found[key] is None else round(found[key], 4) for key in keys}
