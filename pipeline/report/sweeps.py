"""The paper's questions on the page: what `python -m experiments.tables` kept, as forest plots."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.evaluation.schema.choice import HIT
from pipeline.evaluation.schema.document import Methods, chosen
from pipeline.evaluation.schema.sweeps import Line, SweepResult, Sweeps, SweepTask
from pipeline.report.forest import Forest, make_forest
from pipeline.report.inconsistencies import doubts
from pipeline.report.published import PUBLISHED_TABLES, Published, matching_dataset, published_figures
from pipeline.report.sections import same_texts
from pipeline.report.tables import verdict

TASKS = {
    "sequential": "Sequential",
    "topn": "Top-n",
    "explanation": "Explanation",
    "choice": "Choice among titles",
}
PRIMARY = {"explanation": "ROUGE-L", "choice": HIT}
"""The figure that a task's methods are drawn and tested by, where it isn't the last."""


@dataclass(frozen=True)
class Plot:
    """A task's plot, with what was told apart in one sentence."""

    title: str
    forest: Forest
    sentence: str


@dataclass(frozen=True)
class SweepPlots:
    """A sweep's part of the page; `title` names its data, `facts` its seeds and whose code it ran with."""

    title: str
    description: str
    facts: str
    plots: list[Plot]


def sweep_plots(sweeps: Sweeps) -> list[SweepPlots]:
    """Return the sweeps of `experiments/results/sweeps.json`, by name."""
    return [_plots_of(sweeps[name]) for name in sorted(sweeps)]


def _plots_of(sweep: SweepResult) -> SweepPlots:
    dataset = matching_dataset(sweep.table_2)
    tables = PUBLISHED_TABLES[sweep.published] if sweep.published else None
    plots = [
        _plot(task, title, sweep.tasks[task], dataset, tables)
        for task, title in TASKS.items()
        if task in sweep.tasks
    ]
    facts = [
        f"{'Seed' if len(sweep.seeds) == 1 else 'Mean of seeds'} {', '.join(map(str, sweep.seeds))}; "
        f"code of {', '.join(sweep.commits)}.",
        *held_by_lists(sweep),
        *not_run_yet(sweep),
    ]
    return SweepPlots(heading(sweep), sweep.description, " ".join(facts), plots)


def heading(sweep: SweepResult) -> str:
    """Return a sweep's title with its data and what all variants were changed by, so that headings differ."""
    changed = ", ".join(f"{key}: {value}" for key, value in sweep.changed.items())
    return f"{sweep.title} — {sweep.data}" + (f" ({changed})" if changed else "")


def held_by_lists(sweep: SweepResult) -> list[str]:
    """Return in a sentence how many items the base variant's lists hold; none where that wasn't kept."""
    if sweep.lists is None:
        return []
    label, figures = sweep.lists.variants[0]
    covered = round(figures[sweep.lists.columns[0]].value * sweep.table_2.items)
    return [f"The sequential lists of {label} hold {covered:,} of {sweep.table_2.items:,} items."]


def not_run_yet(sweep: SweepResult) -> list[str]:
    """Return in a sentence which variants haven't run; none where all have."""
    return [f"Not run yet: {'; '.join(sweep.missing)}."] if sweep.missing else []


def primary(task: str, columns: Sequence[str]) -> str:
    """Return the figure that a task's methods are drawn and tested by."""
    return PRIMARY.get(task, columns[-1])


def _plot(
    task: str, title: str, figures: SweepTask, dataset: str | None, tables: dict[str, str] | None
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

    That is the base, the first of all; for what stands beside a variant's model (`VARIANT METHOD`) it is
    that variant.
    """
    names = {key: label for key, label, _ in methods}
    found: dict[str, list[Line]] = {}
    for method in methods:
        if method.key in gaps:
            variant, _, beside = method.key.partition(" ")
            found.setdefault(names.get(variant, "") if beside else methods[0].label, []).append(method)
    return found


def _told_apart(metric: str, figures: SweepTask, methods: list[Line]) -> str:
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
