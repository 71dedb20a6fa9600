"""The whole report as one self-contained HTML page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from pipeline.evaluation.schema.choice import ChoiceMetrics
from pipeline.evaluation.schema.document import DocumentError, Methods
from pipeline.evaluation.schema.inputs import DatasetMetrics, Sizes, TrainingMetrics
from pipeline.evaluation.schema.tasks import (
    BeyondMetrics,
    ExplanationMetrics,
    LeakageMetrics,
    RankingMetrics,
    SequentialMetrics,
    TopnMetrics,
)
from pipeline.report import forest
from pipeline.report.beyond import beyond_tables
from pipeline.report.choice import ShownChoice, choice_section
from pipeline.report.curves import HEIGHT, LOSS, WIDTH, Chart, Curves, make_chart
from pipeline.report.examples import ShownExample
from pipeline.report.extractions import Extraction
from pipeline.report.findings import Headline, audit, choice_finding, explanation_finding, ranking_finding
from pipeline.report.methods import FLOORS, KNOWN, MODEL, NARROWED, Method, assisted, baselines
from pipeline.report.published import llara_dataset, llara_figures, matching_dataset
from pipeline.report.sections import (
    PageSection,
    explanation_section,
    sequential_section,
    topn_section,
    without_numbers,
)
from pipeline.report.sweeps import SweepPlots
from pipeline.report.tables import ALPHA, least_p

FILES = ("dataset", "training", "sequential", "topn", "beyond", "choice", "explanation", "leakage")
METRICS = tuple(f"metrics/{name}.json" for name in FILES)
"""What the page is made from."""
CURVE_ORDER = ("explanation", "sequential", "topn", "choice", "mean")


@dataclass(frozen=True)
class Results:
    """The metrics files."""

    dataset: DatasetMetrics
    training: TrainingMetrics
    sequential: SequentialMetrics
    topn: TopnMetrics
    beyond: BeyondMetrics
    choice: ChoiceMetrics
    explanation: ExplanationMetrics
    leakage: LeakageMetrics

    @classmethod
    def read(cls, metrics: Path) -> "Results":
        """Read the files in the folder `metrics`; raises DocumentError where one isn't what it should be."""
        return cls(
            DatasetMetrics.read(metrics / "dataset.json"),
            TrainingMetrics.read(metrics / "training.json"),
            SequentialMetrics.read(metrics / "sequential.json"),
            TopnMetrics.read(metrics / "topn.json"),
            BeyondMetrics.read(metrics / "beyond.json"),
            ChoiceMetrics.read(metrics / "choice.json"),
            ExplanationMetrics.read(metrics / "explanation.json"),
            LeakageMetrics.read(metrics / "leakage.json"),
        )

    def check_methods(self, names: Sequence[str]) -> None:
        """Raise DocumentError where a task wasn't evaluated for one of the baselines called `names`."""
        for metrics in (self.sequential, self.topn):
            for name in names if metrics.users else ():
                if name not in metrics.estimates:
                    raise DocumentError(
                        f"metrics/{metrics.file}: no method {name!r}, which evaluation.baselines names; "
                        f"found {', '.join(metrics.estimates)}: dvc repro evaluate"
                    )


def render(
    title: str,
    results: Results,
    curves: Curves,
    examples: list[ShownExample],
    extractions: list[Extraction],
    sweeps: list[SweepPlots],
    parameters: dict[str, Any],
    provenance: Sequence[tuple[str, str]] = (),
    choices: Sequence[ShownChoice] = (),
) -> str:
    """Return the page; everything that comes from data is escaped. No time, host or path stands in it.

    `parameters` holds the sections of params.yaml that are shown, `dataset`, `identifiers` and `evaluation`
    among them; `provenance` says, as (label, value), what the page was made from. Raises DocumentError where
    a metrics file lacks a method.
    """
    sizes = results.dataset.table_2
    published = matching_dataset(sizes)
    evaluation = parameters.get("evaluation", {})
    names = evaluation.get("baselines", [])
    results.check_methods(names)
    tested = (results.sequential, results.topn, results.explanation, results.choice)
    comparisons = {metrics.file.removesuffix(".json"): metrics.comparisons for metrics in tested}
    resamples = evaluation.get("resamples", 10_000)
    return template("page.html.j2").render(
        title=title,
        facts=dataset_facts(sizes),
        training=training_facts(results.training),
        tasks=results.training.tasks,
        published=published,
        findings=findings(results, sizes.items),
        charts=charts(curves, results.training.best_epoch),
        chart_size=(WIDTH, HEIGHT),
        chosen_by=results.training.chosen_by,
        llara=llara_dataset(sizes) if results.choice.tests else None,
        ranked=results.sequential.users > 0,
        sections=sections(results, names, published),
        beyond=beyond_tables(results.beyond, names),
        forest=(forest.WIDTH, forest.LEFT, forest.RIGHT, forest.BOTTOM),
        audit=audit(results.leakage, results.sequential),
        numbering=parameters.get("identifiers", {}).get("method", ""),
        number_rules=not without_numbers(results.sequential),
        confidence=f"{100 * evaluation.get('confidence', 0.95):g} %",
        comparisons=comparisons,
        least={key: least_p(count, resamples) for key, count in comparisons.items()},
        alpha=ALPHA,
        synthetic=str(parameters.get("dataset", {}).get("raw", "")).endswith("sample.json.gz"),
        explained=results.explanation.pairs > 0,
        examples=examples,
        choices=choices,
        extractions=extractions,
        sweeps=sweeps,
        provenance=provenance,
        parameters={name: flatten(value) for name, value in parameters.items()},
    )


def sections(results: Results, names: Sequence[str], published: str | None) -> list[PageSection]:
    """Return the parts of the tasks that the run has; `names` are its baselines."""
    found = []
    if results.sequential.users:
        found += [
            sequential_section(results.sequential, names, published),
            topn_section(results.topn, names, published),
        ]
    if results.sequential.users or results.explanation.pairs:
        found.append(explanation_section(results.explanation, published))
    if results.choice.tests:
        quoted = llara_figures(llara_dataset(results.dataset.table_2))
        found.append(choice_section(results.choice, names, quoted))
    return found


def template(name: str) -> jinja2.Template:
    """Return a template of this folder; it escapes what it is given, and refuses names that it isn't."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def findings(results: Results, items: int) -> list[Headline]:
    """Return the headline of each task that was tested; the catalogue has `items`."""
    popular = ("most_popular", "the most popular items", "")
    pools = f"all {items:,} items", f"{results.topn.candidates:g} candidates"
    found = [
        ranking_finding(
            task, metrics, pool, [popular, *_stronger_rule(metrics), *_others(metrics.differences)]
        )
        for task, metrics, pool in zip(
            ("Sequential", "Top-n"), (results.sequential, results.topn), pools, strict=True
        )
        if metrics.users
    ]
    if MODEL[0] in results.choice.estimates:
        found.append(choice_finding(results.choice, [popular, *_others(results.choice.differences)]))
    if results.explanation.pairs:
        copied = [("floor_copied_sentence", "a sentence copied from train", "")]
        found.append(
            explanation_finding(results.explanation, [*copied, *_others(results.explanation.differences)])
        )
    return found


def _stronger_rule(metrics: RankingMetrics) -> list[Method]:
    """The number rule that comes nearer to the model, so that the headline can't pick the weaker one."""
    name = f"HR@{metrics.cutoffs[-1]}"
    rules = [key for key, *_ in FLOORS if key in metrics.estimates]
    if not rules:
        return []
    key = max(rules, key=lambda key: metrics.estimates[key][name].value)
    return [(key, "the better number rule, which learns nothing", "")]


def _others(gaps: Methods) -> list[Method]:
    """All that the model was compared with, but most popular: a headline that flatters is none."""
    own = {method[0]: method for method in (NARROWED, *assisted(KNOWN))}
    beside = [key for key in gaps if key != "most_popular" and not key.startswith("floor_")]
    return [own.get(key) or baselines([key])[0] for key in beside]


def charts(curves: Curves, best_epoch: int) -> list[Chart]:
    """Return the charts of the tasks that were trained, the mean last: of losses, then of metrics."""
    known = [key for key in curves if key[0] in CURVE_ORDER]
    ordered = sorted(known, key=lambda key: (key[1] != LOSS, CURVE_ORDER.index(key[0])))
    return [make_chart(task, metric, curves[task, metric], best_epoch) for task, metric in ordered]


def dataset_facts(sizes: Sizes) -> list[tuple[str, str]]:
    """Return what the dataset holds, as (label, value)."""
    return [
        ("Users", f"{sizes.users:,}"),
        ("Items", f"{sizes.items:,}"),
        ("Interactions", f"{sizes.reviews:,}"),
        ("Density", f"{sizes.density_percent:.3g} %"),
    ]


def training_facts(training: TrainingMetrics) -> list[tuple[str, str]]:
    """Return what was trained, as (label, value)."""
    return [
        ("Parameters", f"{training.parameters:,}"),
        ("Epochs", f"{training.epochs:,}"),
        ("Best epoch", f"{training.best_epoch:,}, by {training.chosen_by}"),
        ("Explanations cut at training.explanation_tokens", f"{training.explanations_cut:.1%}"),
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
