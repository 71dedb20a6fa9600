"""How the baselines of a run were chosen: what was tried on validation, what won, and where it stands."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from experiments.markdown import markdown_table
from experiments.runs import Run, parameter
from pipeline.report.methods import baselines

FIGURES = {"baselines": "NDCG@10", "explanation_baselines": "loss"}
"""What chooses, by section of params.yaml; of NDCG@10 the highest wins, of the loss a word the lowest."""

FEWEST = 3
"""Values that a list must have for its ends to say anything: of two, one end always wins."""


def searches(run: Run) -> list[dict[str, Any]]:
    """Return what metrics/{baselines,explanation_baselines}/NAME.json say of each baseline that ran.

    `lists` are the hyper-parameters that had several values, `chosen` those that won, `tried` of
    `combinations` were fitted, and `value` is the `figure` that chose.
    """
    found = []
    for section, figure in FIGURES.items():
        for name in parameter(run.params, f"evaluation.{section}") or ():
            record, settings = run.metrics(f"{section}/{name}"), run.params[section][name]
            lists = {key: values for key, values in settings.items() if isinstance(values, list)}
            lists = {key: values for key, values in lists.items() if len(values) > 1}
            found.append(
                {
                    "method": name,
                    "figure": figure,
                    "value": record["validation"][figure],
                    "tried": len(record["tried"]),
                    "combinations": prod(len(values) for values in lists.values()),
                    "lists": lists,
                    "chosen": {key: record["validation"]["settings"][key] for key in lists},
                }
            )
    return found


def search_parts(found: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a table a figure, and which winners stand at the end of what was searched."""
    for figure in FIGURES.values():
        rows = [
            (
                _label(one),
                [
                    f"{one['value']:.4f}",
                    f"{one['tried']} of {one['combinations']}",
                    "; ".join(_chosen(one)) or "–",
                ],
            )
            for one in found
            if one["figure"] == figure
        ]
        if rows:
            columns = [figure if figure != "loss" else "loss, nats a word", "tried", "chosen (of)"]
            yield markdown_table("How the baselines were chosen, on validation", columns, rows)
    ends = [f"{_label(one)} ({', '.join(at_ends(one))})" for one in found if at_ends(one)]
    if ends:
        yield (
            f"Chosen at an end of a list of {FEWEST} values or more, beyond which nothing was tried: "
            f"{', '.join(ends)}."
        )


def at_ends(one: Mapping[str, Any]) -> list[str]:
    """Return which of a search's chosen values are the least or the most of at least FEWEST."""
    return [
        f"{key} {value:g}"
        for key, value in one["chosen"].items()
        if len(one["lists"][key]) >= FEWEST and value in (min(one["lists"][key]), max(one["lists"][key]))
    ]


def _label(one: Mapping[str, Any]) -> str:
    return baselines([one["method"]])[0][1]


def _chosen(one: Mapping[str, Any]) -> Iterator[str]:
    for key, value in one["chosen"].items():
        yield f"{key} {value:g} ({', '.join(f'{each:g}' for each in one['lists'][key])})"
