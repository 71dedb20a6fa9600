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

ROWS = 512
"""Reviews a shard."""
QUESTIONS = 64
"""Questions a shard."""


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


def generation(root: Path, times: int) -> list[Work]:
    """The answers to all test questions, `times` over, a work a table."""
    bundle = (root / "models/peapod").resolve()
    predictor = Predictor.load(bundle)
    answers = BundleAnswers(bundle, DecodingConfig(), RuntimeConfig().of_task("cpu"))
    dataset = read_tests(root / "data", predictor.tasks)
    found = []
    for one in test_questions(dataset, predictor.history, generator(42, "candidates order"), predictor.tasks):
        asked = [
            one.questions[start : start + QUESTIONS] for start in range(0, len(one.questions), QUESTIONS)
        ]
        function = partial(answers.answer, one.answers)
        found.append(Work(one.name, "questions", function, asked * times, len(one.questions) * times))
    return found


def measure(work: Work, engine: str, workers: int) -> dict[str, Any]:
    """Run all shards once; every worker has had one before, as has this process where there is one worker."""
    config = RuntimeConfig(engine=engine, processes=workers, launcher="torchrun")
    begin = time.perf_counter()
    with start_engine(config, workers) as started:
        # One stream: a local engine's workers live as long as its map.
        results = started.map(work.function, warmed(work.shards, workers))
        for _ in range(2 * workers):
            next(results)
        ready = time.perf_counter()
        for _ in results:
            pass
        seconds = time.perf_counter() - ready
    return {
        "work": work.name,
        "engine": engine,
        "workers": workers,
        "start_seconds": round(ready - begin, 1),
        "seconds": round(seconds, 1),
        f"{work.unit}_per_second": round(work.units / seconds, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def warmed(shards: Iterable[Any], workers: int) -> Iterator[Any]:
    """Yield the shards, and before them the first ones once for each worker and once more."""
    listed = list(shards)
    yield from listed[:1] * 2 * workers
    yield from listed


def main(
    root: Annotated[Path, typer.Option(help="a folder with the outputs of `train`")] = Path(),
    counts: Annotated[list[int] | None, typer.Option("--workers", help="numbers of workers")] = None,
    times: Annotated[int, typer.Option(help="times over that the reviews are read")] = 2,
    questions: Annotated[int, typer.Option(help="times over that questions are asked")] = 1,
    json_only: Annotated[bool, typer.Option("--json", help="one JSON object and nothing else")] = False,
) -> None:
    """Measure the engines."""
    works = [extraction(root, times), *generation(root, questions)]
    rows = []
    for work in works:
        found = [
            measure(work, engine, workers) for workers in counts or [1, 2, 4] for engine in ("local", "ray")
        ]
        first = found[0]["seconds"]
        rows += [row | {"speed_ratio_to_one_local": round(first / row["seconds"], 2)} for row in found]
    result = {"engines": rows, "machine": machine()}
    lines = [", ".join(f"{name} {value}" for name, value in row.items()) for row in rows]
    printed(result, "\n".join([machine(), *lines]), json_only)


if __name__ == "__main__":
    typer.run(main)
