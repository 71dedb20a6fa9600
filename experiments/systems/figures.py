"""Our figures and the published ones of a row, from what is stored."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from experiments.markdown import bracketed
from experiments.presets import HERE
from experiments.results import Result
from experiments.systems.registry import Figure, System
from pipeline.evaluation.schema.document import MODEL, Estimate, Methods, chosen
from pipeline.evaluation.schema.sweeps import Sweeps, Trained, read_sweeps
from pipeline.params import ParamsError
from pipeline.report.published import MAIN_TABLES, published_figures
from pipeline.report.tables import digits

PAPERS = "beauty"
"""The dataset of the paper on which published figures stand beside ours."""


class Stored(NamedTuple):
    """What a figure is looked up in.

    Attributes:
        methods: a task's.
        behind: by how much what a method is compared with is better than it.
        base: what methods are compared with.
        data: what it was measured on.
        parameters: the model's.
        seconds: of its training, and that of the same model without the method; "" where they weren't kept.
    """

    methods: Methods
    behind: Methods
    base: str
    data: str
    parameters: int | None
    seconds: str = ""


def our_figure(figure: Figure, folder: Path = HERE / "results") -> str:
    """Return a figure with its interval, what it is beside, on which data; raises where it isn't stored."""
    stored = _stored(figure, folder)
    [found] = chosen(stored.methods, figure.method, [figure.metric])
    parts = [f"{figure.metric} {_shown(figure, found)}"]
    if figure.beside:
        [other] = chosen(stored.methods, figure.beside, [figure.metric])
        parts.append(f"without it {_shown(figure, other)}")
        if figure.beside == stored.base and figure.metric in stored.behind.get(figure.method, {}):
            parts.append(f"difference {_gain(stored.behind[figure.method][figure.metric], figure)}")
    if stored.parameters:
        parts.append(f"{stored.parameters:,} parameters")
    if stored.seconds:
        parts.append(stored.seconds)
    return f"{'; '.join(parts)}; {stored.data}"


def _gain(behind: Estimate, figure: Figure) -> str:
    """Return by how much a method is better than what it's compared with, with its paired interval."""
    low = None if behind.high is None else -behind.high
    high = None if behind.low is None else -behind.low
    gain = behind.model_copy(update={"value": -behind.value, "low": low, "high": high})
    return bracketed(gain, digits(figure.metric), sign="+")


def _shown(figure: Figure, found: Estimate) -> str:
    return bracketed(found, digits(figure.metric))


def _stored(figure: Figure, folder: Path) -> Stored:
    if figure.result is not None:
        result = Result.read(folder / f"{figure.result}.json")
        parameters = result.training.parameters if figure.method == "peapod" else None
        task = result.tasks[figure.task]
        return Stored(task.estimates, task.differences, MODEL, f"preset {figure.result}", parameters)
    sweeps = _sweeps(folder / "sweeps.json")
    if figure.sweep not in sweeps:
        raise ParamsError(f"figure: no sweep {figure.sweep!r} is stored; there are {', '.join(sweeps)}")
    sweep = sweeps[figure.sweep]
    task = sweep.tasks[figure.task]
    labels = {line.key: line.label for line in task.methods}
    trained = {one.label: one for one in sweep.training}
    own = trained.get(labels.get(figure.method, ""))
    other = trained.get(labels.get(figure.beside or "", ""))
    parameters = own.parameters if own else None
    where = f"sweep {figure.sweep}"
    if figure.audit is not None:
        if figure.audit not in sweep.audits:
            raise ParamsError(f"figure: {where} has the audits {', '.join(sweep.audits) or 'none'}")
        return Stored(sweep.audits[figure.audit], {}, "", where, parameters, _seconds(own, other))
    base = task.methods[0].key
    return Stored(task.estimates, task.differences, base, where, parameters, _seconds(own, other))


def _seconds(own: Trained | None, other: Trained | None) -> str:
    if own is None or own.seconds is None:
        return ""
    beside = f" ({other.seconds:.0f} s)" if other and other.seconds is not None else ""
    return f"trained in {own.seconds:.0f} s{beside}"


def published_figure(system: System) -> str:
    """Return a published figure with its data and source, "" where a row has none."""
    published = system.published
    if published is None:
        return ""
    if published.method is None:
        return f"{published.figure}, {published.data} ({published.source})"
    figure = system.figure or Figure(result=PAPERS, method=published.method)
    table = published_figures(figure.task, PAPERS)
    if published.method not in table:
        raise ParamsError(f"published: no method {published.method!r}; there are {', '.join(table)}")
    value = table[published.method][figure.metric]
    where = f"the PeaPOD paper, table {MAIN_TABLES[figure.task]}"
    return f"{figure.metric} {value:.4f}, P5 Beauty ({where})"


@cache
def _sweeps(path: Path) -> Sweeps:
    return read_sweeps(path)
