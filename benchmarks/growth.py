"""What stages take of data that grows: `python -m benchmarks.growth --json`.

Made-up reviews, ten a user and item as in Amazon Reviews 2023, go through each stage as DVC runs it, in a
process of its own whose CPU seconds and peak memory the system counts.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
import yaml

from benchmarks.report import machine, printed
from stages.parameters import FILES, all_parameters, file_of
from tools.closure import ROOT

REVIEWS_PER_USER = 10
SENTENCES = (
    "The strings sound warm and stay in tune.",
    "I bought this for my brother, who plays every day.",
    "The strap is too short and the buckle broke after a week.",
    "Great value for the price.",
    "It came in a small box without a manual.",
    "The tuner is easy to read, but the battery cover feels cheap.",
    "Works as expected.",
    "My old cable was noisy; this one is quiet and well made.",
    "Shipping was fast.",
    "I would not buy it again because the finish is dull.",
    "The pedal has a solid case and a bright light.",
    "You can also use it for a ukulele.",
)
SENTENCES_PER_REVIEW = 6
"""Some 53 words, as there are in a review of Amazon Reviews 2023."""
STAGES = ("preprocess", "explanations", "embeddings", "neighbours", "identifiers")
CHANGES: dict[str, dict[str, Any]] = {
    "explanations": {"workers": 1},
    "identifiers": {"method": "residual", "residual": {"levels": 3, "size": 256}},
}
"""One process, so that memory is one number; codes, the identifiers that take most."""


def review_lines(reviews: int) -> Iterator[bytes]:
    """Yield the lines of a review file in the 2023 format; all users and all items have ten."""
    draw = np.random.default_rng(0)
    users = reviews // REVIEWS_PER_USER
    for user in range(users):
        chosen = draw.integers(len(SENTENCES), size=(REVIEWS_PER_USER, SENTENCES_PER_REVIEW)).tolist()
        for place, sentences in enumerate(chosen):
            item = (user + place * (1 + user % 7) * 11) % users
            yield orjson.dumps(
                {
                    "user_id": f"A{user:027}",
                    "parent_asin": f"B{item:09}",
                    "asin": f"B{item:09}",
                    "rating": float(1 + (user + place) % 5),
                    "title": "Good for the price",
                    "text": " ".join(SENTENCES[one] for one in sentences),
                    "timestamp": 1_600_000_000_000 + 86_400_000 * place + user,
                    "verified_purchase": True,
                }
            )
            yield b"\n"


def measured(stage: str, folder: Path, reviews: int) -> dict[str, Any]:
    """Run a stage in `folder`; raises RuntimeError with its last words where it fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"stages.{stage}", "--root", str(folder)]
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        _, code, used = os.wait4(process.pid, 0)
        if code:
            said.seek(0)
            raise RuntimeError(f"{stage} at {reviews} reviews: {said.read().decode()[-500:]}")
    return {
        "stage": stage,
        "reviews": reviews,
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "wall_seconds": round(time.perf_counter() - begin, 1),
        "peak_mib": round(used.ru_maxrss / 1024),
        "load": round(os.getloadavg()[0], 1),
    }


def prepare(folder: Path, reviews: int) -> None:
    """Write the reviews and the parameters."""
    with (folder / "reviews.jsonl").open("wb") as file:
        file.writelines(review_lines(reviews))
    document = all_parameters(ROOT / "params.yaml")
    document["dataset"]["raw"] = str(folder / "reviews.jsonl")
    for section, changes in CHANGES.items():
        document[section] |= changes
    for file in FILES:
        sections = {name: values for name, values in document.items() if file_of(name) == file}
        (folder / file).write_text(yaml.safe_dump(sections), encoding="utf-8")


def growth(sizes: list[int], stages: list[str]) -> list[dict[str, Any]]:
    """Return a row per size and stage."""
    rows = []
    for reviews in sizes:
        with tempfile.TemporaryDirectory() as name:
            prepare(Path(name), reviews)
            rows += [measured(stage, Path(name), reviews) for stage in stages]
    return rows


def main(
    sizes: Annotated[list[int] | None, typer.Option("--reviews", help="sizes for all stages")] = None,
    more: Annotated[list[int] | None, typer.Option(help="larger sizes, for preprocess alone")] = None,
    json_only: Annotated[bool, typer.Option("--json", help="one JSON object and nothing else")] = False,
) -> None:
    """Measure the stages."""
    rows = growth(sizes or [10_000, 100_000], list(STAGES)) + growth(more or [], ["preprocess"])
    lines = [", ".join(f"{name} {value}" for name, value in row.items()) for row in rows]
    printed({"growth": rows, "machine": machine()}, "\n".join([machine(), *lines]), json_only)


if __name__ == "__main__":
    typer.run(main)
