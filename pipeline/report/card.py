"""The model card: the checkpoint's own part, then what is known only when it has been measured."""

from collections.abc import Sequence

from pipeline.evaluation.schema.document import Estimate, Estimates, Methods, chosen
from pipeline.report.checkpoint_card import checkpoint_card
from pipeline.report.documents import Document
from pipeline.report.methods import CHOOSER, COPY, MODEL, Method
from pipeline.report.page import Results, dataset_facts, training_facts
from pipeline.report.sections import CLOSENESS, CONTENT, VARIETY

_POPULAR = "most_popular"


def model_card(config: Document, results: Results, source: str, confidence: float) -> str:
    """Return the whole card as Markdown.

    `config` is the checkpoint's config.json; the rest as for `measured_card`.
    """
    own = checkpoint_card(config, results.training.parameters)
    return f"{own}\n{measured_card(results, source, confidence)}"


def measured_card(results: Results, source: str, confidence: float) -> str:
    """Return the figures of a run as Markdown, to stand below `checkpoint_card`.

    `source` names the raw data; intervals are at level `confidence`. Raises ReportError when a metrics file
    lacks a field.
    """
    facts = [
        ("Source", source),
        *dataset_facts(results.dataset.table_2),
        *((f"Records {name}", f"{count:,}") for name, count in sorted(results.dataset.records.items())),
        *training_facts(results.training),
    ]
    parts = ["## This run", "", *_table(("what", "value"), facts)]
    tested = f"test split, {100 * confidence:g} % intervals over"
    for metrics, title in ((results.sequential, "next item"), (results.topn, "candidates")):
        if not metrics.users:
            continue
        parts += ["", f"## Figures: {title} ({tested} users)", ""]
        gaps = metrics.differences[_POPULAR]
        parts += _figures(metrics.estimates, gaps, metrics.columns, "against most popular")
    choice = results.choice
    if CHOOSER[0] in choice.estimates:
        parts += ["", f"## Figures: choice among {choice.candidates} titles ({tested} tests)", ""]
        gaps = choice.differences[_POPULAR]
        columns = list(choice.estimates[CHOOSER[0]])
        parts += _figures(choice.estimates, gaps, columns, "against most popular", CHOOSER)
    explanation = results.explanation
    if explanation.pairs or results.sequential.users:
        parts += ["", f"## Figures: explanations ({tested} pairs)", ""]
    if explanation.pairs:
        found = explanation.estimates[MODEL[0]]
        columns = [name for name in (*CLOSENESS, *CONTENT, *VARIETY) if name in found]
        gaps = explanation.differences[COPY[0]]
        parts += _figures(explanation.estimates, gaps, columns, "against a copied sentence")
    elif results.sequential.users:
        parts += ["The dataset has no explanations: this task was left out."]
    return "\n".join(parts) + "\n"


def _figures(
    methods: Methods, gaps: Estimates, columns: list[str], compared: str, model: Method = MODEL
) -> list[str]:
    figures = zip(columns, chosen(methods, model[0], columns), strict=True)
    rows = [(name, _shown(figure), _shown(gaps[name]) if name in gaps else "–") for name, figure in figures]
    return _table(("figure", model[1], compared), rows)


def _shown(figure: Estimate) -> str:
    value = f"{figure.value:.4f}"
    return value if figure.low is None else f"{value} ({figure.low:.4f} to {figure.high:.4f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    # A bar or a line break in a name, from data, would end its cell.
    lines = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in (head, *rows)]
    texts = [f"| {' | '.join(line)} |" for line in lines]
    return [texts[0], "|" + " --- |" * len(head), *texts[1:]]
