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
"""Values that must have been tried for ends to say anything: of two, one end always wins."""


def searches(run: Run) -> list[dict[str, Any]]:
    """Return what metrics/{baselines,explanation_baselines}/NAME.json say of each baseline that ran.

    Of the hyper-parameters that had several values `tried_values` were fitted and `chosen` won; `tried` of
    `combinations` were fitted, and `value` is the `figure` that chose. `epochs` are an explainer's: its best
    and the most it might take. Where there was nothing to explain nothing was searched.
    """
    found = []
    for section, figure in FIGURES.items():
        for name in parameter(run.params, f"evaluation.{section}") or ():
            record, settings = run.metrics(f"{section}/{name}"), run.params[section][name]
            if "validation" not in record:
                continue
            lists = {key: values for key, values in settings.items() if isinstance(values, list)}
            lists = {key: values for key, values in lists.items() if len(values) > 1}
            best, tried = record["validation"], [one["settings"] for one in record["tried"]]
            most = parameter(run.params, f"{section}.training.epochs")
            found.append(
                {
                    "method": name,
                    "figure": figure,
                    "value": best[figure],
                    "tried": len(tried),
                    "combinations": prod(len(values) for values in lists.values()),
                    "tried_values": {key: sorted({one[key] for one in tried}) for key in lists},
                    "chosen": {key: best["settings"][key] for key in lists},
                    "epochs": [best["best_epoch"], most] if "best_epoch" in best else None,
                }
            )
    return found


def search_parts(found: list[dict[str, Any]], seed: int) -> Iterator[str]:
    """Yield a table a figure, and which winners stand at the end of what was searched with this seed."""
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
            columns = [figure if figure != "loss" else "loss, nats a word", "tried", "chosen (tried)"]
            yield markdown_table(f"How the baselines were chosen, on validation (seed {seed})", columns, rows)
    ends = [f"{_label(one)} ({', '.join(at_ends(one))})" for one in found if at_ends(one)]
    if ends:
        yield (
            f"Chosen at an end of {FEWEST} values or more, beyond which nothing was tried: {', '.join(ends)}."
        )
    learning = [_label(one) for one in found if one["epochs"] and one["epochs"][0] == one["epochs"][1]]
    if learning:
        yield f"Still better with the last epoch they might take: {', '.join(learning)}."


def at_ends(one: Mapping[str, Any]) -> list[str]:
    """Return which of a search's chosen values are the least or the most of FEWEST tried or more."""
    return [
        f"{key} {value:g}"
        for key, value in one["chosen"].items()
        if len(tried := one["tried_values"][key]) >= FEWEST and value in (tried[0], tried[-1])
    ]


def _label(one: Mapping[str, Any]) -> str:
    return baselines([one["method"]])[0][1]


def _chosen(one: Mapping[str, Any]) -> Iterator[str]:
    for key, value in one["chosen"].items():
        tried = one["tried_values"][key]
        yield f"{key} {value:g} ({', '.join(f'{each:g}' for each in tried) if len(tried) > 1 else 'alone'})"
