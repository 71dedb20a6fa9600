"""The model card: the checkpoint's own part, then what is known only when it has been measured."""

from collections.abc import Sequence

from pipeline.report.checkpoint_card import checkpoint_card
from pipeline.report.documents import Document
from pipeline.report.page import Results, dataset_facts, training_facts
from pipeline.report.sections import CLOSENESS, CONTENT, VARIETY, ranking_columns
from pipeline.report.tables import Figure, read_figures

_FLOORS = {"sequential": "difference_to_most_popular", "topn": "difference_to_most_popular"}
_COPIED = "difference_to_floor_copied_sentence"


def model_card(config: Document, results: Results, source: str, confidence: float) -> str:
    """Return the whole card as Markdown.

    `config` is the checkpoint's config.json; the rest as for `measured_card`.
    """
    own = checkpoint_card(config, results.training.number("parameters"))
    return f"{own}\n{measured_card(results, source, confidence)}"


def measured_card(results: Results, source: str, confidence: float) -> str:
    """Return the figures of a run as Markdown, to stand below `checkpoint_card`.

    `source` names the raw data; intervals are at level `confidence`. Raises ReportError when a metrics file
    lacks a field.
    """
    records = results.dataset.values.get("records", {})
    facts = [
        ("Source", source),
        *dataset_facts(results.dataset.section("table_2")),
        *((f"Records {name}", f"{count:,}") for name, count in sorted(records.items())),
        *training_facts(results.training),
    ]
    parts = ["## This run", "", *_table(("what", "value"), facts)]
    tested = f"test split, {100 * confidence:g} % intervals over"
    for name, title in (("sequential", "next item"), ("topn", "candidates")):
        metrics: Document = getattr(results, name)
        parts += ["", f"## Figures: {title} ({tested} users)", ""]
        parts += _figures(metrics, ranking_columns(metrics), "against most popular", _FLOORS[name])
    parts += ["", f"## Figures: explanations ({tested} pairs)", ""]
    if results.explanation.number("pairs") > 0:
        found = results.explanation.section("peapod").values
        columns = [name for name in (*CLOSENESS, *CONTENT, *VARIETY) if name in found]
        parts += _figures(results.explanation, columns, "against a copied sentence", _COPIED)
    else:
        parts += ["The dataset has no explanations: this task was left out."]
    return "\n".join(parts) + "\n"


def _figures(metrics: Document, columns: list[str], compared: str, key: str) -> list[str]:
    differences = metrics.section(key)
    rows = []
    for name, figure in zip(columns, read_figures(metrics, "peapod", columns), strict=True):
        known = name in differences.values
        other = _shown(read_figures(metrics, key, [name])[0]) if known else "–"
        rows.append((name, _shown(figure), other))
    return _table(("figure", "PeaPOD", compared), rows)


def _shown(figure: Figure) -> str:
    value = f"{figure.value:.4f}"
    return value if figure.low is None else f"{value} ({figure.low:.4f} to {figure.high:.4f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    # A bar or a line break in a name, from data, would end its cell.
    lines = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in (head, *rows)]
    texts = [f"| {' | '.join(line)} |" for line in lines]
    return [texts[0], "|" + " --- |" * len(head), *texts[1:]]
