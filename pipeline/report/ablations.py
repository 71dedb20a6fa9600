"""The paper's questions on the page: what `python -m experiments.tables` kept, as forest plots."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.evaluation.schema.document import Methods, chosen
from pipeline.evaluation.schema.grids import GridResult, Grids, GridTask, Line
from pipeline.report.forest import Forest, make_forest
from pipeline.report.inconsistencies import doubts
from pipeline.report.published import PUBLISHED_TABLES, Published, matching_dataset, published_figures
from pipeline.report.sections import same_texts
from pipeline.report.tables import verdict

TASKS = {"sequential": "Sequential", "topn": "Top-n", "explanation": "Explanation"}
EXPLAINED_BY = "ROUGE-L"


@dataclass(frozen=True)
class Plot:
    """A task's plot, with what was told apart in one sentence."""

    title: str
    forest: Forest
    sentence: str


@dataclass(frozen=True)
class Ablation:
    """A grid's part of the page; `title` has its data, `facts` say with which seeds and whose code it ran."""

    title: str
    description: str
    facts: str
    plots: list[Plot]


def make_ablations(grids: Grids) -> list[Ablation]:
    """Return the grids of `experiments/results/grids.json`, by name."""
    return [_ablation(grids[name]) for name in sorted(grids)]


def _ablation(grid: GridResult) -> Ablation:
    dataset = matching_dataset(grid.table_2)
    tables = PUBLISHED_TABLES[grid.published] if grid.published else None
    plots = [
        _plot(task, title, grid.tasks[task], dataset, tables)
        for task, title in TASKS.items()
        if task in grid.tasks
    ]
    facts = [
        f"{'Seed' if len(grid.seeds) == 1 else 'Mean of seeds'} {', '.join(map(str, grid.seeds))}; "
        f"code of {', '.join(grid.commits)}.",
        *held_by_lists(grid),
        *not_run_yet(grid),
    ]
    return Ablation(heading(grid), grid.description, " ".join(facts), plots)


def heading(grid: GridResult) -> str:
    """Return a grid's title with its data and what all its cells were changed by, so that headings differ."""
    changed = ", ".join(f"{key}: {value}" for key, value in grid.changed.items())
    return f"{grid.title} — {grid.data}" + (f" ({changed})" if changed else "")


def held_by_lists(grid: GridResult) -> list[str]:
    """Return in a sentence how many items the base cell's lists hold; none where that wasn't kept."""
    if grid.lists is None:
        return []
    label, figures = grid.lists.cells[0]
    covered = round(figures[grid.lists.columns[0]].value * grid.table_2.items)
    return [f"The sequential lists of {label} hold {covered:,} of {grid.table_2.items:,} items."]


def not_run_yet(grid: GridResult) -> list[str]:
    """Return in a sentence which cells haven't run; none where all have."""
    return [f"Not run yet: {'; '.join(grid.missing)}."] if grid.missing else []


def primary(task: str, columns: Sequence[str]) -> str:
    """Return the figure that a task's methods are drawn and tested by: the last, of explanations ROUGE-L."""
    return EXPLAINED_BY if task == "explanation" else columns[-1]


def _plot(
    task: str, title: str, figures: GridTask, dataset: str | None, tables: dict[str, str] | None
) -> Plot:
    metric = primary(task, figures.columns)
    shown = [line for line in figures.methods if metric in figures.estimates[line.key]]
    quoted: Published = {}
    doubted: list[str] = []
    # Older scripts' ROUGE isn't ours.
    if tables and task != "explanation":
        quoted = published_figures(task, dataset, tables)
        doubted = [one.reason for one in doubts(task, dataset, tables) if metric in one.metrics]
    notes = [
        _told_apart(metric, figures, shown),
        *same_texts((label, figures.estimates[key]) for key, label, _ in shown),
        *doubted,
    ]
    return Plot(title, make_forest(metric, figures.estimates, shown, quoted), " ".join(filter(None, notes)))


def compared_by(methods: Sequence[Line], gaps: Methods) -> dict[str, list[Line]]:
    """Return the methods that have a difference by the label of what they were compared with, in their order.

    That is the base, the first of all; of what stands beside a cell's model (`CELL METHOD`) that cell.
    """
    names = {key: label for key, label, _ in methods}
    found: dict[str, list[Line]] = {}
    for method in methods:
        if method.key in gaps:
            cell, _, beside = method.key.partition(" ")
            found.setdefault(names.get(cell, "") if beside else methods[0].label, []).append(method)
    return found


def _told_apart(metric: str, figures: GridTask, methods: list[Line]) -> str:
    parts = []
    for compared, others in compared_by(methods, figures.differences).items():
        words: dict[str, list[str]] = {}
        for key, label, _ in others:
            found = verdict(chosen(figures.differences, key, [metric])[0])
            words.setdefault(found, []).append(label)
        parts += [
            f"Not told apart from {compared}: {', '.join(labels)}."
            if word == "unclear"
            else f"{compared} is {word} than {', '.join(labels)}."
            for word, labels in words.items()
        ]
    return f"{metric}: {' '.join(parts)} ({figures.comparisons} comparisons, Holm.)" if parts else ""
