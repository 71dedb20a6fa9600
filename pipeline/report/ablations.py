"""The paper's questions on the page: what `python -m experiments.tables` kept, as forest plots."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from pipeline.report.documents import Document
from pipeline.report.forest import Forest, make_forest
from pipeline.report.inconsistencies import doubts
from pipeline.report.methods import Method
from pipeline.report.published import PUBLISHED_TABLES, Published, matching_dataset, published_figures
from pipeline.report.sections import same_texts
from pipeline.report.tables import read_figures, verdict

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


def make_ablations(grids: Document) -> list[Ablation]:
    """Return the grids of `experiments/results/grids.json`, by name.

    Raises ReportError where a field lacks.
    """
    return [_ablation(grids.section(name)) for name in sorted(grids.values)]


def _ablation(grid: Document) -> Ablation:
    dataset, tasks = matching_dataset(grid.section("table_2")), grid.section("tasks")
    tables = PUBLISHED_TABLES.get(grid.get("published"))
    plots = [
        _plot(task, title, tasks.section(task), dataset, tables)
        for task, title in TASKS.items()
        if task in tasks.values
    ]
    seeds = grid.get("seeds")
    facts = [
        f"{'Seed' if len(seeds) == 1 else 'Mean of seeds'} {', '.join(map(str, seeds))}; "
        f"code of {', '.join(grid.names('commits'))}.",
        *held_by_lists(grid),
        *not_run_yet(grid),
    ]
    return Ablation(heading(grid), grid.get("description"), " ".join(facts), plots)


def heading(grid: Document) -> str:
    """Return a grid's title with its data and what all its cells were changed by, so that headings differ."""
    changed = ", ".join(f"{key}: {value}" for key, value in (grid.values.get("changed") or {}).items())
    return f"{grid.get('title')} — {grid.get('data')}" + (f" ({changed})" if changed else "")


def held_by_lists(grid: Document) -> list[str]:
    """Return in a sentence how many items the base cell's lists hold; none where that wasn't kept."""
    if "lists" not in grid.values:
        return []
    lists, items = grid.section("lists"), int(grid.section("table_2").number("items"))
    (label, figures), *_ = lists.get("cells")
    coverage, *_ = lists.names("columns")
    covered = Document(f"{lists.source}: {label}", figures).section(coverage).number("value")
    return [f"The sequential lists of {label} hold {round(covered * items):,} of {items:,} items."]


def not_run_yet(grid: Document) -> list[str]:
    """Return in a sentence which cells haven't run; none where all have."""
    missing = grid.values.get("missing")
    return [f"Not run yet: {'; '.join(missing)}."] if missing else []


def primary(task: str, columns: Sequence[str]) -> str:
    """Return the figure that a task's methods are drawn and tested by: the last, of explanations ROUGE-L."""
    return EXPLAINED_BY if task == "explanation" else columns[-1]


def _plot(
    task: str, title: str, figures: Document, dataset: str | None, tables: dict[str, str] | None
) -> Plot:
    columns = figures.names("columns")
    metric = primary(task, columns)
    methods: list[Method] = [(key, label, note) for key, label, note in figures.get("methods")]
    shown = [method for method in methods if metric in figures.section(method[0]).values]
    quoted: Published = {}
    doubted: list[str] = []
    # Older scripts' ROUGE isn't ours.
    if tables and task != "explanation":
        quoted = published_figures(task, dataset, tables)
        doubted = [one.reason for one in doubts(task, dataset, tables) if metric in one.metrics]
    notes = [
        _told_apart(metric, figures, shown),
        *same_texts((label, figures.section(key).values) for key, label, _ in shown),
        *doubted,
    ]
    return Plot(title, make_forest(metric, figures, shown, quoted), " ".join(filter(None, notes)))


def compared_by(methods: Sequence[Sequence[str]], figures: Container[str]) -> dict[str, list[Sequence[str]]]:
    """Return the methods with a difference by the label of what they were compared with, in their order.

    That is the base, the first of all; of what stands beside a cell's model (`CELL METHOD`) that cell.
    """
    names = {key: label for key, label, _ in methods}
    found: dict[str, list[Sequence[str]]] = {}
    for method in methods:
        if f"difference_to_{method[0]}" in figures:
            cell, _, beside = method[0].partition(" ")
            found.setdefault(names.get(cell, "") if beside else methods[0][1], []).append(method)
    return found


def _told_apart(metric: str, figures: Document, methods: list[Method]) -> str:
    parts = []
    for compared, others in compared_by(methods, figures.values).items():
        words: dict[str, list[str]] = {}
        for key, label, _ in others:
            found = verdict(read_figures(figures, f"difference_to_{key}", [metric])[0])
            words.setdefault(found, []).append(label)
        parts += [
            f"Not told apart from {compared}: {', '.join(labels)}."
            if word == "unclear"
            else f"{compared} is {word} than {', '.join(labels)}."
            for word, labels in words.items()
        ]
    count = int(figures.number("comparisons"))
    return f"{metric}: {' '.join(parts)} ({count} comparisons, Holm.)" if parts else ""
