"""The tasks' parts of the page: which tables and plots stand in each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.evaluation.schema.document import Estimates, Methods
from pipeline.evaluation.schema.tasks import (
    ExplanationMetrics,
    RankingMetrics,
    SequentialMetrics,
    TopnMetrics,
)
from pipeline.report.forest import Forest, make_forest
from pipeline.report.inconsistencies import doubts
from pipeline.report.methods import (
    CHANCE,
    COPY,
    FLOORS,
    KNOWN,
    MODEL,
    NARROWED,
    NOT_RUN,
    Method,
    assisted,
    baselines,
)
from pipeline.report.published import published_figures
from pipeline.report.tables import Table, difference_table, figure_table, with_absent

CLOSENESS = ["BLEU-1", "BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L"]
OLDER = ["BLEU-4", "rouge_legacy_1", "rouge_legacy_2", "rouge_legacy_L"]
ASCII = ["rouge_ascii_1", "rouge_ascii_2", "rouge_ascii_L"]
CONTENT = ["FMR", "FCR", "DIV", "SA", "SA-balanced"]
SAME = 0.05
"""A method whose share of unique sentences is below this writes nearly the same for everybody."""
VARIETY = ["distinct-1", "distinct-2", "USR"]


@dataclass(frozen=True)
class PageSection:
    """A task's part of the page; `tables` is empty where the task was left out, and `missing` says why."""

    key: str
    title: str
    about: str
    tables: list[Table] = field(default_factory=list)
    plots: list[Forest] = field(default_factory=list)
    missing: str = ""


def sequential_section(
    metrics: SequentialMetrics, names: Sequence[str], published: str | None
) -> PageSection:
    """Return the section of sequential recommendation; `names` are the baselines of the run."""
    about = (
        "The model reads a user’s history in time order and ranks the whole catalogue. One item is right: "
        "the next."
    )
    tables, plots = _ranking("sequential", "Sequential recommendation", metrics, names, published)
    accuracy = replace(tables[0], notes=(*tables[0].notes, *unlistable(metrics, names)))
    tables = [accuracy, *tables[1:]]
    return PageSection("sequential", "Sequential recommendation", about, tables, plots)


def unlistable(metrics: SequentialMetrics, names: Sequence[str]) -> list[str]:
    """Return what is to be said of test items that lists can't hold, nothing where there are none."""
    told = []
    if repeated := metrics.repeated_test_items:
        without = metrics.repeats_left_out_by
        told_of = (MODEL, *assisted(names), *baselines(names))
        labels = [label for key, label, _ in told_of if key in without]
        told.append(
            f"{repeated:,} of {metrics.users:,} test items are repeats, which the user had before. Lists "
            "that leave out what a user has had can’t hold them: those of "
            f"{', '.join(labels) or 'no method here'}. "
            "Baselines always leave it out, the model where decoding.exclude_seen is true."
        )
    if short := metrics.users_with_short_lists:
        told.append(
            f"{short:,} of {metrics.users:,} users have fewer than {metrics.cutoffs[-1]} items that they "
            "haven’t had, so that their lists may be shorter."
        )
    return told


def topn_section(metrics: TopnMetrics, names: Sequence[str], published: str | None) -> PageSection:
    """Return the section of top-n recommendation: among the candidates, and over the whole catalogue."""
    title = "Top-n recommendation"
    about = "The model ranks a pool of sampled items. One of them is right: what the user chose next."
    tables, plots = _ranking("topn", title, metrics, names, published)
    note = (
        "The candidates are part of the model’s question, so it can’t be asked to rank the catalogue in this "
        "task. Its lists here, and everybody’s, are those of the sequential task, with the same test items."
    )
    others = [one for one in (*assisted(names), *baselines(names), *FLOORS) if one[0] in metrics.full_rank]
    methods = [MODEL, *others]
    caption = f"{title}: the same test items, ranked over the whole catalogue"
    whole = replace(figure_table(caption, metrics.full_rank, metrics.columns, methods), notes=(note,))
    return PageSection("topn", title, about, [*tables, whole], plots)


def _ranking(
    task: str,
    title: str,
    metrics: RankingMetrics,
    names: Sequence[str],
    published: str | None,
) -> tuple[list[Table], list[Forest]]:
    known = (NARROWED, *assisted(names), *baselines(names), *FLOORS)
    methods = [MODEL, *(method for method in known if method[0] in metrics.estimates)]
    beside = [method for method in methods if method[0] in metrics.differences]
    estimates: Methods = dict(metrics.estimates)
    if isinstance(metrics, TopnMetrics):
        methods.append(CHANCE)
        estimates[CHANCE[0]] = metrics.chance
    columns = metrics.columns
    quoted = published_figures(task, published)
    caption = f"{title}: accuracy"
    accuracy = figure_table(caption, estimates, columns, methods, quoted, doubts(task, published))
    tables = [
        with_absent(accuracy, NOT_RUN[task] | without_numbers(metrics)),
        difference_table(
            f"{title}: PeaPOD minus each of the others, same users", metrics.differences, columns, beside
        ),
        *_assisted_tables(title, metrics, methods),
    ]
    shown = [name for name in columns if name.endswith(f"@{metrics.cutoffs[-1]}")]
    return tables, [make_forest(name, estimates, methods, quoted) for name in shown]


def _assisted_tables(title: str, metrics: RankingMetrics, methods: Sequence[Method]) -> list[Table]:
    """Return the table of assisted methods against their parts, none where there are none."""
    labels = {key: label for key, label, _ in methods}
    gaps: Methods = {}
    rows: list[Method] = []
    for method, found in metrics.assisted.items():
        for part, gap in found.differences.items():
            key = f"{method} {part}"
            gaps[key] = gap
            weights = f"model {found.weight:g}, assistant {1 - found.weight:g}"
            rows.append((key, f"{labels[method]}, minus {labels[part]}", weights))
    if not rows:
        return []
    caption = f"{title}: with an assistant, minus each part alone, same users"
    return [difference_table(caption, gaps, metrics.columns, rows)]


def without_numbers(metrics: RankingMetrics) -> dict[str, str]:
    """Return why number rules didn't run, by label; nothing where they did."""
    absent = [label for key, label, _ in FLOORS if key not in metrics.estimates]
    return dict.fromkeys(absent, "items have no numbers to go by (identifiers.method)")


def explanation_section(metrics: ExplanationMetrics, published: str | None) -> PageSection:
    """Return the section of the explanation task, which says so where it was left out."""
    title = "Explanation"
    about = "The model writes a sentence that says why a user likes or dislikes an item."
    if metrics.pairs == 0:
        missing = (
            "This run has no explanations to test: the dataset brings none, so the task was left out and no "
            "figure of it is shown. The recommendation tasks are unaffected."
        )
        return PageSection("explanation", title, about, missing=missing)
    others = [*baselines(name for name in KNOWN if name in metrics.estimates), COPY]
    methods = [MODEL, *others]
    estimates = metrics.estimates
    # A P5 folder may give explanations without features or ratings.
    content = [column for column in CONTENT if column in estimates[MODEL[0]]]
    closeness = "Explanation: closeness to what the user wrote, × 100"
    foreign = other_language(metrics)
    alike = same_texts((label, estimates[key]) for key, label, _ in methods)
    close = figure_table(closeness, estimates, CLOSENESS, methods)
    tables = [
        with_absent(replace(close, notes=(*alike, *foreign)), NOT_RUN["explanation"]),
        difference_table(
            "Explanation: PeaPOD minus each of the others, same pairs",
            metrics.differences,
            CLOSENESS,
            others,
        ),
        figure_table(
            "Explanation: with the older ROUGE, as published, × 100",
            estimates,
            OLDER,
            methods,
            {
                method: {_older(name): value for name, value in figures.items()}
                for method, figures in published_figures("explanation", published).items()
            },
            [
                replace(doubt, metrics=tuple(_older(name) for name in doubt.metrics))
                for doubt in doubts("explanation", published)
            ],
        ),
        figure_table("Explanation: variety", estimates, VARIETY, methods),
    ]
    if content:
        tables.append(figure_table("Explanation: features and sentiment", estimates, content, methods))
    if ascii_differs([estimates[key] for key, _, _ in methods]):
        tables.append(
            figure_table("Explanation: ROUGE of a-z and 0-9 alone, × 100", estimates, ASCII, methods)
        )
    return PageSection("explanation", title, about, tables, [make_forest("ROUGE-L", estimates, methods, {})])


def ascii_differs(methods: Iterable[Estimates]) -> bool:
    """Whether rouge-score's own tokenizer, which drops other letters than a-z, gives other figures."""
    pairs = list(zip(ASCII, [name for name in CLOSENESS if name.startswith("ROUGE")], strict=True))
    return any(
        abs(one[old].value - one[new].value) >= 0.005 for one in methods for old, new in pairs if old in one
    )


def other_language(metrics: ExplanationMetrics) -> list[str]:
    """Return what to know where references aren't in English."""
    if not metrics.other_language:
        return []
    return [
        f"{metrics.other_language} of {metrics.pairs} references aren't in English: their tone can't be "
        "judged, so sentiment agreement leaves them out."
    ]


def same_texts(methods: Iterable[tuple[str, Estimates]]) -> list[str]:
    """Return a warning for each method, by label and figures, that writes nearly one sentence for all.

    Methods without USR, the share of unique sentences, have none.
    """
    return [
        f"{label} writes nearly one sentence for all (USR {figures['USR'].value:.4f}): closeness to the "
        "reference says little of it."
        for label, figures in methods
        if "USR" in figures and figures["USR"].value < SAME
    ]


def _older(metric: str) -> str:
    """Published ROUGE was made by the older scripts."""
    return metric.replace("ROUGE-", "rouge_legacy_")
