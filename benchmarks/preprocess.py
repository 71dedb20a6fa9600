"""Speed and memory of `preprocess`: `python -m benchmarks.preprocess --json`.

A made-up review file in the 2014 format goes through the whole stage at two volumes of text, with the same
interactions; beside it, in the same run, plain `json.loads` over the same lines. Each measurement has a
fresh process of its own and counts CPU seconds, so that other work on the machine disturbs little.
"""

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
import yaml

from benchmarks.report import machine, peak_memory, printed
from stages.preprocess import main as preprocess

REVIEWS_PER_USER = 10
WORDS = ("the", "strings", "sound", "warm", "I", "bought", "this", "for", "my", 'brother\'s "old"', "guitar")
MB = 1e6


def review_lines(reviews: int, words: int) -> Iterator[bytes]:
    """Yield the lines of `reviews` reviews of about `words` words each; all users and items have ten."""
    draw = np.random.default_rng(0)
    users = reviews // REVIEWS_PER_USER
    vocabulary = np.array(WORDS)
    for row in range(users * REVIEWS_PER_USER):
        user, place = divmod(row, REVIEWS_PER_USER)
        length = int(draw.integers(words // 2, words * 3 // 2 + 1))
        yield (
            json.dumps(
                {
                    "reviewerID": f"A{user:013}",
                    "asin": f"B{(user + place * 7) % users:09}",
                    "reviewerName": f"Reviewer {user}",
                    "helpful": [place, 10],
                    "reviewText": " ".join(vocabulary[draw.integers(len(vocabulary), size=length)]),
                    "overall": float(1 + row % 5),
                    "summary": "Good for the price",
                    "unixReviewTime": 1_300_000_000 + 86_400 * row % 100_000_000,
                    "reviewTime": "03 13, 2011",
                }
            ).encode()
            + b"\n"
        )


def ours(raw: Path) -> dict[str, float]:
    """Run the whole stage in this process."""
    dataset = {"raw": str(raw), "format": "auto", "core": 5, "duplicates": "last", "negatives": 99}
    with tempfile.TemporaryDirectory() as folder:
        document = {"seed": 1, "dataset": {**dataset, "bad_records": "stop"}}
        (Path(folder) / "params.yaml").write_text(yaml.safe_dump(document))
        return measured(lambda: preprocess(Path(folder)))


def plain(raw: Path) -> dict[str, float]:
    """Parse every line by `json.loads`, and do nothing with it."""

    def parse() -> None:
        with raw.open("rb") as file:
            for line in file:
                json.loads(line)

    return measured(parse)


def measured(work: Callable[[], None]) -> dict[str, float]:
    """CPU seconds of `work`, and the peak memory of this process in MiB, before and in all."""
    before = peak_memory()
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    # The kernel adds pages up per processor, now and then: a peak may read a little lower later.
    peak = max(before, peak_memory())
    return {"seconds": seconds, "before": before / 2**20, "peak": peak / 2**20}


def alone(work: Callable[[Path], dict[str, float]], raw: Path) -> dict[str, float]:
    """Run `work` in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (raw,))


def benchmark(reviews: int, words: tuple[int, int]) -> dict[str, Any]:
    """Figures at two volumes of text; the speed is that of the larger."""
    volumes = []
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "reviews.json"
        for length in words:
            with raw.open("wb") as file:
                file.writelines(review_lines(reviews, length))
            size = raw.stat().st_size / MB
            own = alone(ours, raw)
            other = alone(plain, raw)
            volumes.append(
                {
                    "megabytes": round(size, 1),
                    "words_a_review": length,
                    "mb_per_second_and_core": round(size / own["seconds"], 1),
                    "json_loads_mb_per_second_and_core": round(size / other["seconds"], 1),
                    "speed_ratio_to_json_loads": round(other["seconds"] / own["seconds"], 2),
                    "peak_memory_mib": round(own["peak"], 1),
                    "memory_after_imports_mib": round(own["before"], 1),
                }
            )
    return {"reviews": reviews, "volumes": volumes, "machine": machine()}


def main(
    reviews: int = 200_000,
    words: Annotated[tuple[int, int], typer.Option(help="mean words a review, at two volumes")] = (90, 300),
    json_only: Annotated[bool, typer.Option("--json", help="one JSON object and nothing else")] = False,
) -> None:
    """Measure the stage `preprocess`."""
    result = benchmark(reviews, words)
    lines = [f"{result['reviews']} reviews; {result['machine']}"]
    lines += [", ".join(f"{name} {value}" for name, value in one.items()) for one in result["volumes"]]
    printed(result, "\n".join(lines), json_only)


if __name__ == "__main__":
    typer.run(main)
