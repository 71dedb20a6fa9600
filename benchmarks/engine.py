"""Engines side by side: `python -m benchmarks.engine --root FOLDER --json`; `train` has run in FOLDER.

The same shards of extraction (the reviews, several times over) and of generation (the test questions) go to
each engine with 1, 2 and 4 workers, in one run. What a worker loads is loaded before the clock starts; that
start has a figure of its own.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.report import machine, printed
from pipeline import artifacts
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.predict import test_questions
from pipeline.explanations.corpus import extract_batch
from pipeline.randomness import generator
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.start import start_engine
from pipeline.serving.elsewhere import BundleAnswers
from pipeline.serving.predictor import Predictor
from pipeline.tables import REVIEWS
from stages.questions import read_tests

ROWS = 128
"""Reviews a shard."""
SHARDS = 100
"""Shards of questions of a task."""
TASKS = {"sequential": 4, "explanation": 2}
"""Questions a shard, by table."""


@dataclass(frozen=True)
class Work:
    """What is measured: a function, its shards, and how many units they are together."""

    name: str
    unit: str
    function: Callable[[Any], Any]
    shards: list[Any]
    units: int


def extraction(root: Path, times: int) -> Work:
    """The extraction's first pass over the preprocessed reviews, `times` over."""
    batches = list(artifacts.read_batches(root / "data/preprocessed/reviews.parquet", REVIEWS, ROWS))
    shards = list(chain.from_iterable(repeat(batches, times)))
    return Work("extraction", "reviews", extract_batch, shards, sum(map(len, shards)))


def generation(root: Path) -> list[Work]:
    """The answers to test questions, a work a table."""
    bundle = (root / "models/peapod").resolve()
    predictor = Predictor.load(bundle)
    answers = BundleAnswers(bundle, DecodingConfig(), RuntimeConfig().of_task("cpu"))
    dataset = read_tests(root / "data", predictor.tasks)
    found = []
    for one in test_questions(dataset, predictor.history, generator(42, "candidates order"), predictor.tasks):
        if size := TASKS.get(one.name):
            starts = range(0, len(one.questions), size)[:SHARDS]
            asked = [one.questions[start : start + size] for start in starts]
            function = partial(answers.answer, one.answers)
            found.append(Work(one.name, "questions", function, asked, sum(map(len, asked))))
    return found


def measured(works: list[Work], engine: str, workers: int) -> Iterator[dict[str, Any]]:
    """Yield a row per work; every worker has had a shard of it before the clock starts.

    Shards are many and small: those under way when it starts don't count for much.
    """
    config = RuntimeConfig(engine=engine, processes=workers, launcher="torchrun")
    begin = time.perf_counter()
    with start_engine(config, workers) as started:
        for work in works:
            # One stream: the processes of engine local live as long as its map.
            results = started.map(work.function, warmed(work.shards, workers))
            for _ in range(2 * workers):
                next(results)
            ready = time.perf_counter()
            for _ in results:
                pass
            end = time.perf_counter()
            yield {
                "work": work.name,
                "engine": engine,
                "workers": workers,
                "seconds_to_start": round(ready - begin, 1),
                "seconds": round(end - ready, 1),
                f"{work.unit}_per_second": round(work.units / (end - ready), 1),
                "load": round(os.getloadavg()[0], 1),
            }
            begin = end


def warmed(shards: Iterable[Any], workers: int) -> Iterator[Any]:
    """Yield the shards, and before them the first ones once for each worker and once more."""
    listed = list(shards)
    yield from listed[:1] * 2 * workers
    yield from listed


def main(
    root: Annotated[Path, typer.Option(help="a folder with the outputs of `train`")] = Path(),
    counts: Annotated[list[int] | None, typer.Option("--workers", help="numbers of workers")] = None,
    times: Annotated[int, typer.Option(help="times over that the reviews are read")] = 3,
    json_only: Annotated[bool, typer.Option("--json", help="one JSON object and nothing else")] = False,
) -> None:
    """Measure the engines."""
    works = [extraction(root, times), *generation(root)]
    rows = [
        row
        for workers in counts or [1, 2, 4]
        for engine in ("local", "ray")
        for row in measured(works, engine, workers)
    ]
    alone = {row["work"]: row["seconds"] for row in reversed(rows) if row["engine"] == "local"}
    rows = [row | {"ratio_to_one_local": round(alone[row["work"]] / row["seconds"], 2)} for row in rows]
    rows.sort(key=lambda row: [work.name for work in works].index(row["work"]))
    result = {"engines": rows, "machine": machine()}
    lines = [", ".join(f"{name} {value}" for name, value in row.items()) for row in rows]
    printed(result, "\n".join([machine(), *lines]), json_only)


if __name__ == "__main__":
    typer.run(main)
