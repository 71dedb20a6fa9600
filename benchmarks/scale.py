"""What all of Amazon Reviews 2023 would take, from measured rates.

`python -m benchmarks.scale --markdown docs/scaling.md RESULT.json...` writes the tables of the page; its text
outside the marks stays.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.extraction_tables import write
from benchmarks.performance import results_of
from benchmarks.report import command_line
from pipeline.runtime.errors import clear_errors

Row = dict[str, Any]

REVIEWS = 571_540_000
USERS = 54_510_000
ITEMS = 48_190_000
"""Amazon Reviews 2023 as its page counts them (amazon-reviews-2023.github.io)."""
MACHINE_GIB = 24
"""Memory of the machine that was measured."""
DAY = 86_400
GIB = 2**30


def growing(rows: list[Row]) -> list[Row]:
    """Return a line per stage: what its two largest sizes say of one review more, and of all of them.

    Time and memory are taken to grow in a straight line: less than the truth where a stage sorts, or compares
    all pairs.
    """
    found = []
    for stage in dict.fromkeys(row["stage"] for row in rows):
        sizes = sorted((row for row in rows if row["stage"] == stage), key=lambda row: row["reviews"])
        if len(sizes) < 2:
            continue
        one, other = sizes[-2:]
        reviews = other["reviews"] - one["reviews"]
        seconds = (other["cpu_seconds"] - one["cpu_seconds"]) / reviews
        # A larger run has kept less memory now and then where both take next to none.
        memory = max(0.0, (other["peak_mib"] - one["peak_mib"]) * 2**20 / reviews)
        rest = MACHINE_GIB * GIB - other["peak_mib"] * 2**20
        found.append(
            {
                "stage": stage,
                "measured_at": f"{one['reviews']:,} and {other['reviews']:,} reviews",
                "reviews_per_second_and_core": round(1 / seconds, 1) if seconds > 0 else None,
                "core_days_at_full_size": round(REVIEWS * seconds / DAY, 2),
                "bytes_per_review": round(memory),
                "GiB_at_full_size": round((other["peak_mib"] * 2**20 + REVIEWS * memory) / GIB),
                f"million_reviews_in_{MACHINE_GIB}_GiB": round((other["reviews"] + rest / memory) / 1e6, 1)
                if memory
                else None,
            }
        )
    return found


def others(results: list[Row]) -> list[Row]:
    """Return a line per thing that is asked of the neighbours, the training and the generation benchmark."""
    found: list[Row] = []
    for result in results:
        for row in result.get("exact", []):
            seconds = row["seconds"] * (USERS / row["users"]) ** 2
            rate = f"{row['users']:,} users of width {row['width']} in {row['seconds']} s"
            found.append(line("neighbours, exact: all pairs of users", rate, seconds))
        if result.get("precision") != "fp32" and result.get("benchmark") == "generation":
            continue
        if "cycle" in result:
            rate = result["cycle"]["ours"]["samples_per_second"]
            # Each interaction but a user's last two, once per task.
            seconds = 3 * (REVIEWS - 2 * USERS) / rate
            told = f"{rate} samples per second ({result['shape']}, {result['precision']})"
            found.append(line("train, an epoch of three tasks", told, seconds))
        elif result.get("benchmark") == "generation":
            for task, row in result["tasks"].items():
                rate = row["ours"]["users_per_second"]
                told = f"{rate} users per second ({result['shape']}, {result['precision']})"
                found.append(line(f"generate, {task}: a question per user", told, USERS / rate))
    return found


def line(what: str, measured: str, seconds: float) -> Row:
    """Return a line of the table of what benchmarks measured."""
    return {"what": what, "measured": measured, "machine_days_at_full_size": round(seconds / DAY, 1)}


def sections_of(results: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return the page's tables."""
    engines = [row for result in results for row in result.get("engines", [])]
    rows = [row for result in results for row in result.get("growth", [])]
    units = ("reviews_per_second", "questions_per_second")
    return [
        (
            "Engines",
            [
                {name: value for name, value in row.items() if name not in units}
                | {"units_per_second": next(row[unit] for unit in units if unit in row)}
                for row in engines
            ],
        ),
        ("Stages at growing size", rows),
        ("One process of each stage at full size", growing(rows)),
        ("What other benchmarks say", others(results)),
        (
            "Where these come from",
            [
                {"command": f"`{result['command']}`", "machine": result["machine"]}
                for result in results
                if {"engines", "growth"} & result.keys()
            ],
        ),
    ]


@clear_errors
def main(
    results: Annotated[list[Path], typer.Argument(help="what benchmarks printed with --json")],
    markdown: Annotated[Path, typer.Option(help="the page, whose prose outside its marks stays")],
) -> None:
    """Write the tables of the page."""
    command = ["python", "-m", "benchmarks.scale", "--markdown", str(markdown), *map(str, results)]
    write(markdown, command_line(command), sections_of(results_of(results)))


if __name__ == "__main__":
    typer.run(main)
