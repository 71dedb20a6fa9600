"""Speed and memory of the extraction on raw reviews, beside a plain TextBlob pass over the same texts.

Each measurement runs in a fresh process of its own, on one core: CPU seconds count, so that other work on
the machine disturbs little; loading of libraries and lexicons is left out of the time, not of the memory.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from benchmarks.report import machine, peak_memory
from pipeline import artifacts
from pipeline.data.amazon import choose_layout, read_amazon
from pipeline.data.records import Faults
from pipeline.explanations import corpus
from pipeline.explanations.config import ExplanationsConfig
from pipeline.explanations.extraction import Extractor
from pipeline.tables import REVIEWS

CONFIG = ExplanationsConfig(min_feature_count=5, min_words=4, max_words=40, split="random", ratio=(8, 1, 1))


class Measured(NamedTuple):
    """One pass over all reviews: CPU seconds, wall-clock seconds, peak resident memory in bytes."""

    cpu: float
    wall: float
    peak: int


def write_texts(raw: Path, path: Path) -> int:
    """Write the reviews of a raw Amazon file (plain or .gz) as REVIEWS; return how many have a text."""
    records = read_amazon(raw, choose_layout(raw, "auto"), Faults(raw, stop=True))
    with_text = 0
    lines = []
    with artifacts.table_writer(path, REVIEWS) as writer:
        for row, record in enumerate(records, start=1):
            line = {"row": row, "user": row, "item": 0, "rating": record.rating, "timestamp": 0}
            lines.append({**line, "summary": None, "text": record.text})
            with_text += bool(record.text and record.text.strip())
            if len(lines) == 4096:
                writer.write_batch(pa.RecordBatch.from_pylist(lines, schema=REVIEWS))
                lines = []
        writer.write_batch(pa.RecordBatch.from_pylist(lines, schema=REVIEWS))
    return with_text


def ours(path: Path) -> Measured:
    """Both passes of the extraction, files included."""
    extractor = Extractor()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / "scratch.parquet"
        tuples = Path(folder) / "tuples.parquet"

        def work() -> None:
            counts, _ = corpus.extract(artifacts.read_batches(path, REVIEWS), scratch, extractor)
            corpus.select(scratch, tuples, counts, CONFIG)

        return measured(work)


def textblob(path: Path) -> Measured:
    """TextBlob's tokens, tags and polarity of every review, nothing more."""
    from textblob import TextBlob
    from textblob.en import tag

    def work() -> None:
        for text in _texts(path):
            tag(text)
            _ = TextBlob(text).polarity

    tag("Load the lexicon.")
    return measured(work)


def _texts(path: Path) -> Iterator[str]:
    for batch in artifacts.read_batches(path, REVIEWS):
        yield from (text for text in batch.column("text").to_pylist() if text)


def measured(work: Callable[[], None]) -> Measured:
    """Run `work` in this process; the peak is this process's since its start."""
    cpu = time.process_time()
    wall = time.perf_counter()
    work()
    cpu = time.process_time() - cpu
    wall = time.perf_counter() - wall
    return Measured(cpu, wall, peak_memory())


def benchmark(raw: Path) -> dict[str, Any]:
    """Reviews per second and core, peak memory, and the ratio to TextBlob's pass in the same run."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.parquet"
        reviews = write_texts(raw, path)
        results = {}
        for name, run in {"ours": ours, "textblob": textblob}.items():
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                results[name] = pool.apply(run, (path,))
    own = results["ours"]
    other = results["textblob"]
    return {
        "file": str(raw),
        "reviews": reviews,
        "reviews_per_second_and_core": round(reviews / own.cpu, 1),
        "reviews_per_second": round(reviews / own.wall, 1),
        "peak_memory_mib": round(own.peak / 2**20, 1),
        "textblob_reviews_per_second_and_core": round(reviews / other.cpu, 1),
        "textblob_peak_memory_mib": round(other.peak / 2**20, 1),
        "speed_ratio_to_textblob": round(other.cpu / own.cpu, 2),
        "machine": machine(),
        "load_before": round(load, 2),
    }
