"""Our figures and the published ones of a row, from what is stored."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from experiments.markdown import bracketed
from experiments.presets import HERE, preset
from experiments.results import Result
from experiments.systems.registry import Figure, System
from pipeline.evaluation.schema.asked import AskedMetrics
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.schema.document import MODEL, Estimate, Methods, chosen
from pipeline.evaluation.schema.sweeps import Sweeps, Trained, read_sweeps
from pipeline.params import ParamsError
from pipeline.report.config import ReportConfig
from pipeline.report.published import MAIN_TABLES, published_figures
from pipeline.report.tables import digits

SAMPLE = ReportConfig().title
"""The title of what runs on the bundled sample."""
PAPERS = "beauty"
"""The dataset of the paper on which published figures stand beside ours."""


class Stored(NamedTuple):
    """What a figure is looked up in.

    Attributes:
        methods: a task's.
        behind: by how much what a method is compared with is better than it.
        base: what methods are compared with.
        data: what it was measured on, at what cost, and where it is stored.
        real: whether the data is that of real users.
        parameters: the model's.
        seconds: of its training, and that of the same model without the method; "" where they weren't kept.
    """

    methods: Methods
    behind: Methods
    base: str
    data: str
    real: bool
    parameters: int | None = None
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


def on_real_data(figure: Figure, folder: Path = HERE / "results") -> bool:
    """Return whether a figure is of real users, not of the bundled sample; raises where it isn't stored."""
    return _stored(figure, folder).real


def _gain(behind: Estimate, figure: Figure) -> str:
    """Return by how much a method is better than what it's compared with, with its paired interval."""
    low = None if behind.high is None else -behind.high
    high = None if behind.low is None else -behind.low
    gain = behind.model_copy(update={"value": -behind.value, "low": low, "high": high})
    return bracketed(gain, digits(figure.metric), sign="+")


def _shown(figure: Figure, found: Estimate) -> str:
    return bracketed(found, digits(figure.metric))


def _stored(figure: Figure, folder: Path) -> Stored:
    if figure.asked is not None:
        asked = AskedMetrics.read(folder / f"asked/{figure.asked}.json")
        seconds = f"{asked.seconds[figure.method]:.0f} s" if figure.method in asked.seconds else ""
        data = f"{asked.model} asked about {asked.tests} users of {asked.title}"
        return Stored(asked.estimates, asked.differences, asked.base, data, real=True, seconds=seconds)
    return _of_preset(figure, folder) if figure.result is not None else _of_sweep(figure, folder)


def _of_preset(figure: Figure, folder: Path) -> Stored:
    result = Result.read(folder / f"{figure.result}.json")
    parameters = result.training.parameters if figure.method == MODEL else None
    data = f"{_named(preset(str(figure.result))['params']['report.title'])}; preset {figure.result}"
    if figure.audit is not None:
        methods = AuditMetrics.read(folder / f"audits/{figure.result}-{figure.audit}.json").estimates
        return Stored(methods, {}, "", data, real=True, parameters=parameters)
    task = result.tasks[figure.task]
    return Stored(task.estimates, task.differences, MODEL, data, real=True, parameters=parameters)


def _of_sweep(figure: Figure, folder: Path) -> Stored:
    sweeps = _sweeps(folder / "sweeps.json")
    if figure.sweep not in sweeps:
        raise ParamsError(f"figure: no sweep {figure.sweep!r} is stored; there are {', '.join(sweeps)}")
    sweep = sweeps[figure.sweep]
    task = sweep.tasks[figure.task]
    labels = {line.key: line.label for line in task.methods}
    trained = {one.label: one for one in sweep.training}
    own = trained.get(labels.get(figure.method, ""))
    costs = _seconds(own, trained.get(labels.get(figure.beside or "", "")))
    walks = f", {own.epochs} epoch{'' if own.epochs == 1 else 's'}" if own else ""
    told: dict[str, Any] = {
        "data": f"{_named(sweep.data)}{walks}; sweep {figure.sweep}",
        "real": sweep.data != SAMPLE,
        "parameters": own.parameters if own else None,
        "seconds": costs,
    }
    if figure.audit is None:
        return Stored(task.estimates, task.differences, task.methods[0].key, **told)
    if figure.audit not in sweep.audits:
        raise ParamsError(f"figure: sweep {figure.sweep} has the audits {', '.join(sweep.audits) or 'none'}")
    return Stored(sweep.audits[figure.audit], {}, "", **told)


def _named(title: str) -> str:
    """Return the data of a run's title: `PeaPOD on P5 Beauty` is of P5 Beauty."""
    return title.split(" on ", 1)[-1]


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
