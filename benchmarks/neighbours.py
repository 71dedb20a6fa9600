"""Speed and memory of the search for neighbours: `python -m benchmarks.neighbours --json`.

Beside ours, in the same run: the peak of this machine's matrix product, and scikit-learn's brute force on a
subset of the users (all others are its candidates too).
"""

import time
from typing import Annotated, Any

import numpy as np
import torch
import typer
from sklearn.neighbors import NearestNeighbors

from benchmarks.peak import matrix_peak
from benchmarks.report import forget_peak, machine, peak_memory, printed
from pipeline.embeddings.approximate import nearest_users_by_cells
from pipeline.embeddings.neighbours import nearest_users
from pipeline.embeddings.recall import recall

BLOCK = 1024
TASTES = 500


def vectors_of(users: int, width: int) -> np.ndarray:
    """Return vectors around the directions of a few hundred tastes, float32 [N, U]."""
    draw = np.random.default_rng(0)
    tastes = draw.normal(size=(TASTES, width)).astype(np.float32)
    noise = draw.normal(size=(users, width), scale=0.7).astype(np.float32)
    return tastes[draw.integers(TASTES, size=users)] + noise


def exact(users: int, width: int, count: int, asked: int) -> dict[str, Any]:
    """Measure the exact search, and scikit-learn's for the first `asked` users."""
    vectors = vectors_of(users, width)
    forget_peak()
    before = peak_memory()
    start = time.perf_counter()
    nearest_users(vectors, count, BLOCK)
    seconds = time.perf_counter() - start
    memory = peak_memory() - before
    peak = matrix_peak(torch.float32, torch.device("cpu"))
    plain = NearestNeighbors(n_neighbors=count + 1, algorithm="brute", metric="cosine").fit(vectors)
    start = time.perf_counter()
    plain.kneighbors(vectors[:asked])
    other = (time.perf_counter() - start) * users / asked
    achieved = 2 * users * users * width / seconds / 1e9
    return {
        "users": users,
        "width": width,
        "seconds": round(seconds, 1),
        "memory_above_input_mib": round(memory / 2**20),
        "gflops": round(achieved, 1),
        "peak_gflops": round(peak, 1),
        "share_of_peak": round(achieved / peak, 2),
        "sklearn_seconds": round(other, 1),
        "speed_ratio_to_sklearn": round(other / seconds, 1),
    }


def approximate(users: int, width: int, count: int, probes: int) -> dict[str, Any]:
    """Measure the search in cells, and its recall."""
    vectors = vectors_of(users, width)
    start = time.perf_counter()
    found = nearest_users_by_cells(vectors, count, BLOCK, probes)
    seconds = time.perf_counter() - start
    sizes = {"users": users, "width": width, "probes": probes}
    return {**sizes, "seconds": round(seconds, 1), **recall(vectors, found, BLOCK)}


def main(
    sizes: Annotated[list[str] | None, typer.Option("--size", help="users x width, as 200000x64")] = None,
    count: int = 20,
    asked: Annotated[int, typer.Option(help="users that scikit-learn is asked for")] = 1000,
    by_cells: Annotated[list[str] | None, typer.Option(help="users x width of searches in cells")] = None,
    probes: Annotated[int, typer.Option(help="cells that a search looks into")] = 32,
    json_only: Annotated[bool, typer.Option("--json", help="one JSON object and nothing else")] = False,
) -> None:
    """Measure the stage `neighbours`."""
    wanted = [tuple(map(int, size.split("x"))) for size in sizes or ["200000x64", "50000x512"]]
    cells = [tuple(map(int, size.split("x"))) for size in by_cells or []]
    result = {
        "exact": [exact(users, width, count, asked) for users, width in wanted],
        "approximate": [approximate(users, width, count, probes) for users, width in cells],
        "machine": machine(),
    }
    lines = [
        ", ".join(f"{name} {value}" for name, value in one.items())
        for one in [*result["exact"], *result["approximate"]]
    ]
    printed(result, "\n".join([machine(), *lines]), json_only)


if __name__ == "__main__":
    typer.run(main)
