"""The whole report as one self-contained HTML page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from pipeline.report.curves import HEIGHT, WIDTH, Chart, Curve, make_chart
from pipeline.report.documents import Document
from pipeline.report.examples import Example
from pipeline.report.extractions import Extraction
from pipeline.report.findings import Finding, audit, explanation_finding, ranking_finding
from pipeline.report.published import matching_dataset, published_figures
from pipeline.report.tables import Method, Table, difference_table, figure_table

CURVE_ORDER = ("explanation", "sequential", "topn", "mean")

MODEL: Method = ("peapod", "PeaPOD", "the model of this run")
POPULAR: Method = ("most_popular", "Most popular", "train’s most frequent items, the same for everyone")
LAST: Method = ("floor_last_item", "Number rule: last item", "last item’s number + 1, + 2, …")
HIGHEST: Method = ("floor_highest_number", "Number rule: highest", "highest number so far + 1, + 2, …")
CHANCE: Method = ("chance", "Chance", "candidates in random order, exact")
COPY: Method = ("floor_copied_sentence", "Copied sentence", "the item’s most frequent sentence in train")

CLOSENESS = ["BLEU-1", "BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L"]
OLDER = ["BLEU-4", "rouge_legacy_1", "rouge_legacy_2", "rouge_legacy_L"]
VARIETY = ["FMR", "FCR", "distinct-1", "distinct-2", "USR"]


@dataclass(frozen=True)
class Results:
    """The metrics files, checked field by field as they are shown."""

    dataset: Document
    training: Document
    sequential: Document
    topn: Document
    explanation: Document
    leakage: Document


@dataclass(frozen=True)
class Section:
    """A task's part of the page; `tables` is empty where the task was left out, and `missing` says why."""

    key: str
    title: str
    about: str
    tables: list[Table]
    missing: str = ""


def render(
    title: str,
    results: Results,
    curves: dict[str, dict[str, Curve]],
    examples: list[Example],
    extractions: list[Extraction],
    parameters: dict[str, Any],
) -> str:
    """Return the page; everything that comes from data is escaped. No time, host or path stands in it.

    `parameters` holds the sections of params.yaml that are shown, `dataset`, `numbering` and
    `evaluation` among them. Raises ReportError when a metrics file
    lacks a field.
    """
    sizes = results.dataset.section("table_2")
    published = matching_dataset(sizes)
    sections = [
        ranking_section("sequential", results.sequential, published),
        ranking_section("topn", results.topn, published),
        explanation_section(results.explanation, published),
    ]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2").render(
        title=title,
        facts=dataset_facts(sizes),
        training=training_facts(results.training),
        tasks=results.training.names("tasks"),
        published=published,
        findings=findings(results, int(sizes.number("items"))),
        charts=charts(curves, int(results.training.number("best_epoch"))),
        chart_size=(WIDTH, HEIGHT),
        sections=sections,
        audit=audit(results.leakage, results.dataset.section("order_audit")),
        numbering=parameters.get("numbering", {}).get("method", ""),
        confidence=f"{100 * parameters.get('evaluation', {}).get('confidence', 0.95):g} %",
        synthetic=str(parameters.get("dataset", {}).get("raw", "")).endswith("sample.json.gz"),
        explained=results.explanation.number("pairs") > 0,
        examples=examples,
        extractions=extractions,
        parameters={name: flatten(value) for name, value in parameters.items()},
    )


def cutoffs(metrics: Document) -> list[int]:
    """Return the cutoffs of a recommendation metrics file, ascending."""
    names = metrics.section("peapod").values
    return sorted(int(name.removeprefix("HR@")) for name in names if name.startswith("HR@"))


def ranking_columns(metrics: Document) -> list[str]:
    """Return HR@k and NDCG@k in the order of the cutoffs."""
    names = metrics.section("peapod").values
    wanted = [f"{kind}@{k}" for k in cutoffs(metrics) for kind in ("HR", "NDCG")]
    return [name for name in wanted if name in names]


def differences(methods: list[Method]) -> list[Method]:
    """Return the methods' entries of differences to the model."""
    return [(f"difference_to_{key}", label, note) for key, label, note in methods]


def ranking_section(task: str, metrics: Document, published: str | None) -> Section:
    """Return the section of a recommendation task."""
    sequential = task == "sequential"
    methods = [MODEL, POPULAR, LAST, HIGHEST] + ([] if sequential else [CHANCE])
    columns = ranking_columns(metrics)
    title = "Sequential recommendation" if sequential else "Top-n recommendation"
    about = (
        "The model reads a user’s history in time order and ranks the whole catalogue. One item is right: "
        "the next."
        if sequential
        else "The model ranks a pool of sampled items. One of them is right: what the user chose next."
    )
    against = differences([POPULAR, LAST, HIGHEST])
    tables = [
        figure_table(f"{title}: accuracy", metrics, columns, methods, published_figures(task, published)),
        difference_table(f"{title}: PeaPOD minus each of the others, same users", metrics, columns, against),
    ]
    if sequential:
        last = cutoffs(metrics)[-1]
        spread = [f"coverage@{last}", f"gini@{last}"]
        caption = f"{title}: how the lists spread over the catalogue"
        tables.append(figure_table(caption, metrics.section("exposure"), spread, [MODEL, POPULAR], {}))
    return Section(task, title, about, tables)


def explanation_section(metrics: Document, published: str | None) -> Section:
    """Return the section of the explanation task, which says so where it was left out."""
    title = "Explanation"
    about = "The model writes a sentence that says why a user likes or dislikes an item."
    if metrics.number("pairs") == 0:
        missing = (
            "This run has no explanations to test: the dataset brings none, so the task was left out and no "
            "figure of it is shown. The recommendation tasks are unaffected."
        )
        return Section("explanation", title, about, [], missing)
    methods = [MODEL, COPY]
    variety = [column for column in VARIETY if column in metrics.section(MODEL[0]).values]
    older = {
        method: {name.replace("ROUGE-", "rouge_legacy_"): value for name, value in figures.items()}
        for method, figures in published_figures("explanation", published).items()
    }
    return Section(
        "explanation",
        title,
        about,
        [
            figure_table(
                "Explanation: closeness to what the user wrote, × 100", metrics, CLOSENESS, methods, {}
            ),
            difference_table(
                "Explanation: PeaPOD minus the copied sentence", metrics, CLOSENESS, differences([COPY])
            ),
            figure_table(
                "Explanation: with the older ROUGE, as published, × 100", metrics, OLDER, methods, older
            ),
            figure_table("Explanation: features and variety", metrics, variety, methods, {}),
        ],
    )


def findings(results: Results, items: int) -> list[Finding]:
    """Return the headline of each task that was tested; the catalogue has `items`."""
    against = [
        ("difference_to_most_popular", "the most popular items", ""),
        ("difference_to_floor_highest_number", "the number rule, which learns nothing", ""),
    ]
    candidates = f"{results.topn.number('candidates'):g} candidates"
    found = [
        ranking_finding(
            "Sequential", results.sequential, cutoffs(results.sequential)[-1], f"all {items:,} items", against
        ),
        ranking_finding("Top-n", results.topn, cutoffs(results.topn)[-1], candidates, against),
    ]
    if results.explanation.number("pairs") > 0:
        copied = [("difference_to_floor_copied_sentence", "a sentence copied from train", "")]
        found.append(explanation_finding(results.explanation, copied))
    return found


def charts(curves: dict[str, dict[str, Curve]], best_epoch: int) -> list[Chart]:
    """Return the loss charts of the tasks that were trained, the mean last."""
    return [make_chart(task, curves[task], best_epoch) for task in CURVE_ORDER if task in curves]


def dataset_facts(dataset: Document) -> list[tuple[str, str]]:
    """Return what the dataset holds, as (label, value); `dataset` is its `table_2`."""
    counts = [("users", "Users"), ("items", "Items"), ("reviews", "Interactions")]
    facts = [(label, f"{int(dataset.number(key)):,}") for key, label in counts]
    return [*facts, ("Density", f"{dataset.number('density_percent'):.3g} %")]


def training_facts(training: Document) -> list[tuple[str, str]]:
    """Return what was trained, as (label, value)."""
    return [
        ("Parameters", f"{int(training.number('parameters')):,}"),
        ("Epochs", f"{int(training.number('epochs')):,}"),
        ("Best epoch", f"{int(training.number('best_epoch')):,}"),
    ]


def flatten(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Return a section of parameters as (dotted key, value)."""
    if not isinstance(value, dict):
        return [(prefix or "value", ", ".join(map(str, value)) if isinstance(value, list) else str(value))]
    return [
        pair
        for key, part in value.items()
        for pair in flatten(part, f"{prefix}.{key}" if prefix else str(key))
    ]
