"""How the baselines of a run were chosen: what was tried on validation, what won, and where it stands."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

from experiments.markdown import markdown_table
from experiments.runs import Run, parameter
from pipeline.evaluation.schema.inputs import ExplainerSearchMetrics, SearchMetrics, Trial
from pipeline.evaluation.schema.sweeps import Search
from pipeline.report.methods import baselines

NDCG = "NDCG@10"
LOSS = "loss"
"""What chooses: of NDCG@10 the highest wins, of the loss per word the lowest."""

FEWEST = 3
"""Values that must have been tried for ends to say anything: of two, one end always wins."""


def searches(run: Run) -> list[Search]:
    """Return what metrics/{baselines,explanation_baselines}/NAME.json say of each baseline that ran.

    Of the hyper-parameters that had several values `tried_values` were fitted and `chosen` won; `tried` of
    `combinations` were fitted, and `value` is the `figure` that chose. `epochs` are an explainer's: its best
    and the most it might take. Where there was nothing to explain nothing was searched.
    """
    found: list[Search] = []
    for name in parameter(run.params, "evaluation.baselines") or ():
        record = run.metrics(SearchMetrics, name)
        found += _search(record, NDCG, run.params["baselines"][name], None)
    most = parameter(run.params, "explanation_baselines.training.epochs")
    for name in parameter(run.params, "evaluation.explanation_baselines") or ():
        explained = run.metrics(ExplainerSearchMetrics, name)
        found += _search(explained, LOSS, run.params["explanation_baselines"][name], most)
    return found


def _search(
    record: SearchMetrics, figure: str, settings: dict[str, Any], most: int | None
) -> Iterator[Search]:
    best = record.validation
    if best is None:
        return
    lists = {key: values for key, values in settings.items() if isinstance(values, list)}
    lists = {key: values for key, values in lists.items() if len(values) > 1}
    tried = [one.settings for one in record.tried]
    yield Search(
        method=record.name,
        figure=figure,
        value=_value(best),
        tried=len(tried),
        combinations=prod(len(values) for values in lists.values()),
        tried_values={key: tuple(sorted({one[key] for one in tried})) for key in lists},
        chosen={key: best.settings[key] for key in lists},
        epochs=(best.best_epoch, most) if best.best_epoch is not None and most is not None else None,
    )


def _value(trial: Trial) -> float:
    value = trial.loss if trial.ndcg is None else trial.ndcg
    if value is None:
        raise ValueError(f"neither {NDCG} nor {LOSS} of {trial.settings}")
    return value


def search_parts(found: Sequence[Search], seed: int) -> Iterator[str]:
    """Yield a table per figure, and which winners stand at the end of what was searched with this seed."""
    for figure in (NDCG, LOSS):
        rows = [
            (
                _label(one),
                [
                    f"{one.value:.4f}",
                    f"{one.tried} of {one.combinations}",
                    "; ".join(_chosen(one)) or "–",
                ],
            )
            for one in found
            if one.figure == figure
        ]
        if rows:
            columns = [figure if figure != LOSS else "loss, nats per word", "tried", "chosen (tried)"]
            yield markdown_table(f"How the baselines were chosen, on validation (seed {seed})", columns, rows)
    ends = [f"{_label(one)} ({', '.join(at_ends(one))})" for one in found if at_ends(one)]
    if ends:
        yield (
            f"Chosen at an end of {FEWEST} values or more, beyond which nothing was tried: {', '.join(ends)}."
        )
    learning = [_label(one) for one in found if one.epochs and one.epochs[0] == one.epochs[1]]
    if learning:
        yield f"Still better with the last epoch they might take: {', '.join(learning)}."


def at_ends(one: Search) -> list[str]:
    """Return which of a search's chosen values are the least or the most of FEWEST tried or more."""
    return [
        f"{key} {value:g}"
        for key, value in one.chosen.items()
        if len(tried := one.tried_values[key]) >= FEWEST and value in (tried[0], tried[-1])
    ]


def _label(one: Search) -> str:
    return baselines([one.method])[0][1]


def _chosen(one: Search) -> Iterator[str]:
    for key, value in one.chosen.items():
        tried = one.tried_values[key]
        yield f"{key} {value:g} ({', '.join(f'{each:g}' for each in tried) if len(tried) > 1 else 'alone'})"
