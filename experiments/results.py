"""`python -m experiments.results`: figures of finished preset runs to `docs/results.md` and the README.

A run's metrics are taken from its experiment (`dvc exp run` keeps them in git) into
`experiments/results/NAME.json`, so that the tables can be made anew on any clone; those of the bundled sample
come from `metrics/`. No number in the tables is typed by hand.
"""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
import yaml

from experiments.__main__ import HERE, names, preset
from pipeline.artifacts import ArtifactError, read_json, write_json, write_text
from stages.errors import clear_errors

METRICS = ("dataset", "embeddings", "numbering", "training", "sequential", "topn", "explanation", "leakage")
SHOWN = {
    "sequential": ("HR@1", "HR@5", "NDCG@5", "HR@10", "NDCG@10"),
    "topn": ("HR@1", "HR@5", "NDCG@5", "HR@10", "NDCG@10"),
    "explanation": ("BLEU-1", "BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L", "USR", "FMR"),
}
METHODS = {
    "peapod": "PeaPOD",
    "most_popular": "most popular",
    "floor_highest_number": "floor: highest number + 1",
    "floor_last_item": "floor: last item's number + 1",
    "floor_copied_sentence": "floor: a train sentence of the item",
    "chance": "chance",
}
TITLES = {"sequential": "Sequential", "topn": "Top-n", "explanation": "Explanation"}
START, END = "<!-- results: made by `python -m experiments.results` -->", "<!-- results end -->"


def collect(name: str) -> dict[str, Any] | None:
    """Return a preset's metrics: of its newest experiment, else as last kept, else None."""
    kept = HERE / "results" / f"{name}.json"
    commit = _experiment(name)
    if commit is None:
        return read_json(kept) if kept.is_file() else None
    check_parameters(name, preset(name)["params"], yaml.safe_load(_git("show", f"{commit}:params.yaml")))
    metrics = _metrics(commit)
    write_json(kept, metrics)
    return metrics


def _experiment(name: str) -> str | None:
    """Return the commit of the experiment called `name`, or None."""
    found = _git("for-each-ref", "--sort=-committerdate", "--format=%(objectname)", f"refs/exps/**/{name}")
    return found.split()[0] if found.split() else None


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def sample_metrics() -> dict[str, Any]:
    """Return the committed metrics, the bundled sample's; the workspace may hold an experiment's."""
    return _metrics("HEAD")


def _metrics(commit: str) -> dict[str, Any]:
    return {metric: json.loads(_git("show", f"{commit}:metrics/{metric}.json")) for metric in METRICS}


def check_parameters(name: str, params: Mapping[str, Any], ran: Mapping[str, Any]) -> None:
    """Raise ArtifactError where an experiment ran with other parameters than its preset's."""
    for key, wanted in params.items():
        section, *rest = key.split(".")
        found: Any = ran.get(section)
        for part in rest:
            found = found.get(part) if isinstance(found, Mapping) else None
        # A parameter that the experiment's commit didn't have yet is none that it could differ in.
        if found is not None and found != wanted:
            raise ArtifactError(
                f"experiment {name} ran with {key} {found!r}, its preset says {wanted!r}: run "
                f"`python -m experiments {name} --force --raw ...`, or `dvc exp remove {name}`"
            )


def section(title: str, command: str, metrics: Mapping[str, Any]) -> str:
    """Return one dataset's part of the page."""
    table = metrics["dataset"]["table_2"]
    training = metrics["training"]
    facts = (
        f"{table['users']:,} users, {table['items']:,} items, {table['reviews']:,} reviews "
        f"(density {table['density_percent']:.4g} %); `{metrics['numbering']['method']}` numbering; "
        f"{training['parameters']:,} parameters, best epoch {training['best_epoch']} of {training['epochs']}."
    )
    tables = [task_table(task, metrics[task]) for task in SHOWN if any(m in metrics[task] for m in METHODS)]
    return "\n\n".join([f"## {title}", f"    {command}", facts, *tables])


def task_table(task: str, figures: Mapping[str, Any]) -> str:
    """Return one task's figures as a Markdown table, a line a method, with intervals where there are."""
    columns = [metric for metric in SHOWN[task] if metric in figures["peapod"]]
    asked = f"{figures['users']:,} users" if "users" in figures else f"{figures['pairs']:,} pairs"
    lines = [
        f"| {TITLES[task]} ({asked}) | " + " | ".join(columns) + " |",
        "| --- |" + " ---: |" * len(columns),
    ]
    for method, label in METHODS.items():
        if method in figures:
            cells = [_cell(figures[method].get(metric)) for metric in columns]
            lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(figure: Mapping[str, float] | float | None) -> str:
    if figure is None:
        return "–"
    if not isinstance(figure, Mapping):
        return f"{figure:.4f}"
    if "low" not in figure:
        return f"{figure['value']:.4f}"
    return f"{figure['value']:.4f} [{figure['low']:.4f}, {figure['high']:.4f}]"


def embed(path: Path, text: str) -> None:
    """Put `text` between the markers of a page; raises ArtifactError where the page has none."""
    page = path.read_text(encoding="utf-8")
    if START not in page or END not in page:
        raise ArtifactError(f"{path}: the markers {START} and {END} are wanted around the results")
    before, rest = page.split(START)
    write_text(path, f"{before}{START}\n\n{text}\n\n{END}{rest.split(END)[1]}")


@clear_errors
def main(readme: Path = Path("README.md"), page: Path = Path("docs/results.md")) -> None:
    """Collect what has been run and write the tables."""
    sample = section("The bundled sample", "make repro", sample_metrics())
    sections = [sample]
    for name in names():
        metrics = collect(name)
        if metrics is not None:
            command = f"python -m experiments {name} --raw PATH/TO/{preset(name)['raw']}"
            sections.append(section(preset(name)["params"]["report.title"], command, metrics))
    intro = (
        "# Results\n\nMade by `python -m experiments.results` from the metrics of finished runs; above each "
        "table stands the command that made it. In brackets: 95 % bootstrap intervals over users or pairs. "
        "What these figures can and cannot say is in [protocol.md](protocol.md)."
    )
    write_text(page, "\n\n".join([intro, *sections]) + "\n")
    embed(readme, sample.split("\n\n", 2)[2])


if __name__ == "__main__":
    typer.run(main)
