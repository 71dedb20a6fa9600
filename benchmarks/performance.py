"""Results of the benchmarks as one page: `python -m benchmarks.performance --markdown PAGE RESULT.json...`.

A result is what a benchmark prints with `--json`. Prose of the page outside its marks stays.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.extraction_tables import write
from benchmarks.report import command_line
from pipeline.runtime.errors import clear_errors

Row = dict[str, Any]

GOALS = {
    ("training", "cycle"): 4.0,
    ("generation", "explanation"): 5.0,
    ("generation", "sequential"): 10.0,
    ("generation", "topn"): 20.0,
}
"""Wanted ratios to transformers in fp32 at shape d128, whatever the precision of ours."""


def results_of(files: list[Path]) -> list[Row]:
    """Read every JSON object, one per line; raises ValueError that names a file without any."""
    found: list[Row] = []
    for file in files:
        try:
            lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
            read = [json.loads(line) for line in lines]
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ValueError(f"{file}: not the output of a benchmark with --json ({error})") from None
        if not read or not all(isinstance(row, dict) for row in read):
            raise ValueError(f"{file}: no JSON object, one per line wanted, as benchmarks print with --json")
        found += read
    return found


def sections_of(results: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return titled tables: one a training or generation, one of all other benchmarks of a kind, and sources.

    Rows on the extraction's accuracy are left out: they stand in docs/extraction.md. Raises ValueError for a
    result of no known benchmark.
    """
    results = [row for row in results if "file" not in row or "reviews_per_second_and_core" in row]
    sections: dict[str, list[Row]] = {}
    for result in results:
        title, rows = _section(result)
        sections.setdefault(title, []).extend(rows)
    return [*sections.items(), ("Where the figures come from", list(_sources(results)))]


def _section(result: Row) -> tuple[str, list[Row]]:
    if "tasks" in result:
        name = result["benchmark"]
        shape = result["shape"]
        precision = result["precision"]
        plain = result.get("plain_precision", "fp32")
        title = f"{name.capitalize()}, shape {shape}: ours in {precision}, transformers in {plain}"
        return title, list(_tasks(result))
    if "exact" in result:
        return "Neighbours", result["exact"] + result["approximate"]
    if "volumes" in result:
        return "Preprocess", [{"reviews": result["reviews"], **row} for row in result["volumes"]]
    if "reviews_per_second_and_core" in result:
        hidden = ("machine", "load_before")
        return "Extraction", [{name: value for name, value in result.items() if name not in hidden}]
    raise ValueError(f"a result with {', '.join(result)}: of no benchmark that this page shows")


def _tasks(result: Row) -> Iterator[Row]:
    cycle = {"cycle": result["cycle"]} if "cycle" in result else {}
    for task, row in (result["tasks"] | cycle).items():
        ours = row["ours"]
        plain = row.get("transformers", {})
        speed = next(name for name in ("users_per_second", "samples_per_second") if name in ours)
        goal = None
        if result["shape"] == "d128":
            goal = GOALS.get((result["benchmark"], task))
        yield {
            "task": task,
            "mean_input_tokens": row["input_tokens_mean"],
            f"our_{speed}": ours[speed],
            f"transformers'_{speed}": plain.get(speed),
            "ratio": row.get("ratio"),
            "goal": goal,
            "our_share_of_matrix_peak": ours["share_of_matrix_peak"],
            "our_peak_MiB": ours["peak_memory_mib"],
            "transformers'_peak_MiB": plain.get("peak_memory_mib"),
            "same_answers": row.get("same_answers"),
        }


def _sources(results: list[Row]) -> Iterator[Row]:
    for result in results:
        peak = result.get("matrix_peak_gflops")
        command = result.get("command")
        if "file" in result:
            command = command_line(
                ["python", "-m", "benchmarks.extraction", "--reviews", result["file"], "--json"]
            )
        yield {
            "command": command and f"`{command}`",
            "machine": result.get("machine"),
            "matrix_peak_GFLOP/s": peak,
        }


@clear_errors
def main(
    results: Annotated[list[Path], typer.Argument(help="what benchmarks printed with --json")],
    markdown: Annotated[Path, typer.Option(help="the page, whose prose outside its marks stays")],
) -> None:
    """Write the tables of all results to a page."""
    command = ["python", "-m", "benchmarks.performance", "--markdown", str(markdown), *map(str, results)]
    write(markdown, command_line(command), sections_of(results_of(results)))


if __name__ == "__main__":
    typer.run(main)
