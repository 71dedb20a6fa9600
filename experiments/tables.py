"""`python -m experiments.tables SWEEP`: a sweep's finished experiments as tables, and stored for pages.

What came out is stored in `experiments/results/sweeps.json`. From it `python -m experiments.results` writes
docs/results.md, and the stage `report` draws its figures, on any clone.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from experiments.collection import collect
from experiments.markdown import bracketed, markdown_table, page_table
from experiments.presets import HERE, changed_name, changes
from experiments.searches import search_parts
from experiments.sweeps import read_seeds, sweep_names
from pipeline.artifacts import write_json
from pipeline.evaluation.schema.document import Estimate
from pipeline.evaluation.schema.inputs import Sizes
from pipeline.evaluation.schema.sweeps import Lists, SweepResult, Sweeps, SweepTask, Trained, read_sweeps
from pipeline.report.beyond import beyond_tables
from pipeline.report.inconsistencies import doubts
from pipeline.report.methods import CHANCE, NOT_RUN
from pipeline.report.published import (
    PUBLISHED_TABLES,
    llara_dataset,
    llara_figures,
    matching_dataset,
    published_figures,
)
from pipeline.report.sections import same_texts
from pipeline.report.sweeps import TASKS, compared_by, heading, held_by_lists, not_run_yet
from pipeline.report.tables import digits, least_p, p_text
from pipeline.runtime.errors import clear_errors
from pipeline.tasks.choice import CHOICE

RESULTS = HERE / "results/sweeps.json"
OLDER_ROUGE = (
    "Published ROUGE comes from older scripts, which mostly give less on the same text: see "
    "`rouge_legacy_*` in metrics/explanation.json."
)

MAY_REPEAT = (
    "The model's own sequential lists may hold items that a user already has, as in the lineage "
    "(`decoding.exclude_seen: false`); those of the baselines never do."
)
SAME_LISTS = (
    "Over the whole catalogue, for the same test items, a method's lists are its sequential ones "
    "(`full_rank` in metrics/topn.json)."
)
CHOSEN_BY = (
    "HR@1: the candidate with the highest likelihood or score is the target, a mean over all draws of each "
    "test's candidates. Of what a model wrote, HR@1 and ValidRatio are by exact title (`_title`) and by the "
    "rule of LLaRA's authors (`_within`), shares of all tests; published language models are Llama-2-7B or "
    "GPT-4."
)


def sweep_section(found: SweepResult) -> str:
    """Return a sweep's part of the page: per task the figures and the tested differences."""
    parts = [
        f"### {heading(found)}",
        f"    {found.command}",
        found.description,
        _facts(found),
    ]
    for task in TASKS:
        if task in found.tasks:
            parts += _task_parts(task, found.tasks[task], found)
    if found.lists:
        parts.append(_lists_table(found.lists))
    if found.training:
        parts.append(_training_table(found.training))
    parts += search_parts(found.searches, found.seeds[0])
    if found.beyond:
        parts.append(f"#### {found.base}: beyond accuracy (seed {found.seeds[0]})")
        parts += map(page_table, beyond_tables(found.beyond, found.beyond.baselines))
    return "\n\n".join(parts)


def _facts(found: SweepResult) -> str:
    seeds = ", ".join(map(str, found.seeds))
    facts = [
        f"{'Seed' if len(found.seeds) == 1 else 'Seeds'} {seeds}; code of {', '.join(found.commits)}.",
        *held_by_lists(found),
    ]
    if len(found.seeds) > 1:
        facts.append("Figures are means over seeds; ± is the standard deviation between them.")
    if not found.exclude_seen:
        facts.append(MAY_REPEAT)
    return " ".join([*facts, *not_run_yet(found)])


def _task_parts(task: str, figures: SweepTask, found: SweepResult) -> Iterator[str]:
    """Yield a task's tables and notes."""
    columns = figures.columns
    asked = f"{figures.users:,} {'tests' if task == CHOICE.name else 'users'}"
    shown = [*columns, *figures.untested]
    rows = [
        (label, [_figure(figures.estimates[key].get(name), name) for name in shown])
        for key, label, _ in figures.methods
    ]
    published = published_rows(task, shown, found.table_2, found.published)
    yield markdown_table(f"{TASKS[task]} ({asked})", shown, [*rows, *published])
    yield from _notes(task, found)
    compared = compared_by(figures.methods, figures.differences)
    for title, others in compared.items():
        gaps = [
            (label, [_difference(figures.differences[key].get(name), name) for name in columns])
            for key, label, _ in others
        ]
        yield markdown_table(f"{title} minus …", columns, gaps)
    if compared:
        count = figures.comparisons
        resamples = found.resamples
        yield (
            f"Paired over the same users. {figures.primary} alone is tested: p is two-sided and adjusted "
            f"(Holm) for the {count} comparisons of this task; bold below 0.05. {resamples:,} resamples "
            f"can't give a smaller p than {least_p(count, resamples):.2g}."
        )
    # Numbers hold no words: in explanations a difference between two trainings is their chance.
    if found.floors and task != "explanation":
        yield _given(figures, columns)


def _lists_table(lists: Lists) -> str:
    """Return what each variant's own lists hold, without intervals."""
    rows = [
        (label, [_figure(figures[name], name) for name in lists.columns]) for label, figures in lists.variants
    ]
    return markdown_table("What the sequential lists hold", lists.columns, rows)


def _training_table(trained: Sequence[Trained]) -> str:
    """Return how each variant's training went; what is chosen by anything is chosen by this."""
    rows = []
    for one in trained:
        best = f"{', '.join(map(str, one.best))} of {one.epochs}"
        costs = ["–" if seconds is None else f"{seconds:.0f}" for seconds in (one.seconds, one.answering)]
        rows.append((one.label, [f"{one.parameters:,}", best, f"{one.loss:.4f}", *costs]))
    columns = ["parameters", "best epoch", "validation loss, nats per token"]
    if any(one.seconds is not None for one in trained):
        columns += ["seconds of training", "of test answers"]
    rows = [(label, cells[: len(columns)]) for label, cells in rows]
    return markdown_table("How the models were trained", columns, rows)


def _figure(figure: Estimate | None, name: str) -> str:
    if figure is None:
        return "–"
    text = bracketed(figure, digits(name))
    return f"{text} ± {_spread(figure.by_seed):.{digits(name)}f}" if figure.by_seed else text


def _spread(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5


def _difference(figure: Estimate | None, name: str) -> str:
    if figure is None:
        return "–"
    text = bracketed(figure, digits(name), sign="+")
    if figure.p_adjusted is None:
        return text
    text = f"{text} {p_text(figure.p_adjusted)}"
    return f"**{text}**" if figure.p_adjusted < 0.05 else text


def published_rows(
    task: str, columns: Sequence[str], sizes: Sizes, published: str | None
) -> Iterator[tuple[str, list[str]]]:
    """Yield the paper's own rows, or LLaRA's, where the dataset is the paper's, doubtful figures marked."""
    if task == CHOICE.name:
        yield from _published_choices(columns, sizes)
        return
    dataset = matching_dataset(sizes)
    if published is None or dataset is None:
        return
    tables = PUBLISHED_TABLES[published]
    marked = {(one.method, name) for one in doubts(task, dataset, tables) for name in one.metrics}
    for method, values in published_figures(task, dataset, tables).items():
        cells = [
            f"{values[name]:.{digits(name)}f}{' †' if (method, name) in marked else ''}"
            if name in values
            else "–"
            for name in columns
        ]
        yield f"*{method}, published (table {tables[task]})*", cells


def _published_choices(columns: Sequence[str], sizes: Sizes) -> Iterator[tuple[str, list[str]]]:
    """Yield what LLaRA's authors published of these users, by their own rule."""
    for method, values in llara_figures(llara_dataset(sizes)).items():
        found = {f"{name}_within": f"{value:.4f}" for name, value in values.items()}
        yield f"*{method}, published*", [found.get(name, "–") for name in columns]


def _notes(task: str, found: SweepResult) -> Iterator[str]:
    """Yield what a reader has to know of the rows above: sameness, doubts, methods that can't run."""
    figures = found.tasks[task]
    if task == "topn":
        yield SAME_LISTS
    if task == CHOICE.name:
        yield CHOSEN_BY
    if figures.untested:
        yield f"{', '.join(figures.untested)}: of all texts together, not tested."
    yield from same_texts((label, figures.estimates[key]) for key, label, _ in figures.methods)
    if found.published and matching_dataset(found.table_2):
        yield from doubts_of(task, found.table_2, found.published)
        if task == "explanation":
            yield OLDER_ROUGE
    ran = {label for _, label, _ in figures.methods}
    absent = [f"{method}: {reason}" for method, reason in NOT_RUN.get(task, {}).items() if method not in ran]
    if found.baselines and absent:
        yield f"Not run: {'; '.join(absent)}."


def doubts_of(task: str, sizes: Sizes, published: str) -> Iterator[str]:
    """Yield why published figures are marked, where the dataset is the paper's."""
    dataset = matching_dataset(sizes)
    if dataset:
        tables = PUBLISHED_TABLES[published]
        yield from (f"† {one.reason}" for one in doubts(task, dataset, tables))


def _given(figures: SweepTask, columns: Sequence[str]) -> str:
    """Return how much of each variant's figures is beyond the base variant's."""
    base, *others = (line for line in figures.methods if " " not in line.key and line.key != CHANCE[0])
    rows = []
    for key, label, _ in others:
        cells = []
        for name in columns:
            gap = figures.differences[key][name]
            value = figures.estimates[key][name].value
            # The gap is the base's over the variant, so its ends change places; 0.0 - 0.0 isn't -0.0.
            given, low, high = (0.0 - (end or 0.0) for end in (gap.value, gap.high, gap.low))
            share = f"{100 * given / value:.0f} %" if value > 0 else "–"
            decimals = digits(name)
            cells.append(f"{given:+.{decimals}f} [{low:.{decimals}f}, {high:.{decimals}f}] ({share})")
        rows.append((label, cells))
    return markdown_table(f"What each gave beyond {base.label} (share of the figure)", columns, rows)


def stored_sweeps() -> Sweeps:
    """Return the stored results, by name."""
    return read_sweeps(RESULTS) if RESULTS.is_file() else {}


def entry(name: str, preset: str | None, seeds: list[int], changed: dict[str, Any]) -> str:
    """Return what a sweep's result is stored under: no two results share a name."""
    several = "" if seeds == [42] else f" seeds {','.join(map(str, seeds))}"
    return changed_name(f"{name} {preset or 'params.yaml'}{several}", changed)


@clear_errors
def main(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(sweep_names())}.")],
    preset: Annotated[str | None, typer.Option(help="The preset that its variants started from.")] = None,
    seeds: Annotated[str, typer.Option(help="The seeds that it ran with.")] = "42",
    set_param: Annotated[
        list[str] | None, typer.Option("--set-param", "-S", help="What all variants were changed by.")
    ] = None,
) -> None:
    """Compare a sweep's finished experiments, store the result, print its tables."""
    changed = changes(set_param)
    numbers = read_seeds(seeds)
    found = collect(name, preset, numbers, changed, archive=True)
    stored = stored_sweeps() | {entry(name, preset, numbers, changed): found}
    write_json(RESULTS, {title: sweep.plain() for title, sweep in stored.items()})
    typer.echo(sweep_section(found))


if __name__ == "__main__":
    typer.run(main)
