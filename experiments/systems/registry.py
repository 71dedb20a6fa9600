"""Rows of systems, one file per chapter of the tutorial (Lin et al., SIGIR 2025), read and checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ValidationError, model_validator

from pipeline.params import ParamsError, Section, load_yaml

HERE = Path(__file__).parent
BESIDE = "Beside the tutorial's rows"
"""The section of what runs here and has no row of its own there."""

State = Literal["runs", "adapter", "explained", "not yet"]
Evidence = ("module", "test", "command")
"""What a row that runs has to name."""


class Figure(Section):
    """Where our figure stands, under experiments/results/: of a preset, a sweep or a language model asked.

    Attributes:
        result: name of the preset.
        sweep: name of the sweep, as sweeps.json has it.
        asked: name of the file in asked/, as `tools.ask_model` wrote it.
        method: key of the row there.
        beside: key of the same model without the method.
        task: of which task.
        metric: which figure of it.
        audit: of a preset or a sweep, the audit whose figure it is; then `task` says nothing.
    """

    result: str | None = None
    sweep: str | None = None
    asked: str | None = None
    method: str
    beside: str | None = None
    task: Literal["sequential", "topn", "choice"] = "sequential"
    metric: str = "NDCG@10"
    audit: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(place is not None for place in (self.result, self.sweep, self.asked)) != 1:
            raise ValueError("one of result, sweep and asked is wanted")
        if self.audit is not None and self.asked is not None:
            raise ValueError("audits are of lists: a result or a sweep is wanted")
        return self


class Published(Section):
    """A published figure: of a method in the paper's tables, which are looked up, or with its source.

    Attributes:
        method: its name in pipeline/report/published, of the figure's task and metric on P5 Beauty.
        figure: metric and value, as NDCG@10 .0384.
        data: what it was measured on.
        source: where it stands.
    """

    method: str | None = None
    figure: str | None = None
    data: str | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _with_its_source(self) -> Self:
        told = (self.figure, self.data, self.source)
        if None in told if self.method is None else any(told):
            raise ValueError("either method, or figure, data and source are wanted")
        return self


class System(Section):
    """A row.

    Attributes:
        what: what it does, in a few words.
        needs: what it takes to run it.
        verdict: build, adapter (works with a language model that the user brings) or explain (needs what
            nobody here has).
        state: what of it there is.
        module: the file that makes it what it is.
        test: a file of tests that fail without it.
        command: what runs it; PATH stands for a path of the user's.
        figure: ours.
        published: theirs.
        note: what is missing, or what is there of what doesn't run.
    """

    what: str
    needs: str
    verdict: Literal["build", "adapter", "explain"]
    state: State = "not yet"
    module: str | None = None
    test: str | None = None
    command: str | None = None
    figure: Figure | None = None
    published: Published | None = None
    note: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = list(self._faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        lacking = [name for name in Evidence if getattr(self, name) is None]
        if self.state in ("runs", "adapter"):
            yield from (f"state {self.state} wants a {name}" for name in lacking)
            if self.figure is None and not self.note:
                yield f"state {self.state} wants a figure, or a note that says why there is none"
        elif len(lacking) < len(Evidence) or self.figure:
            yield f"state {self.state} has no module, test, command or figure; is runs meant?"
        if (self.verdict == "explain") != (self.state == "explained"):
            yield f"verdict {self.verdict} and state {self.state} don't go together"
        if self.state == "explained" and self.needs == "nothing":
            yield "state explained wants to say what the system needs"


Systems = dict[str, dict[str, System]]
"""By section and name."""


def read_systems(folder: Path = HERE) -> Systems:
    """Read all rows, in the order of the files; raises ParamsError with every fault of a file at once."""
    found: Systems = {}
    for path in sorted(folder.glob("*.yaml")):
        faults = []
        for section, rows in load_yaml(path).items():
            for name, row in rows.items():
                try:
                    found.setdefault(section, {})[name] = System.model_validate(row)
                except ValidationError as error:
                    faults += [f"  {section}: {name}: {_told(dict(one))}" for one in error.errors()]
        if faults:
            raise ParamsError(f"{path}: {len(faults)} fault(s)\n" + "\n".join(faults))
    return found


def _told(fault: dict[str, Any]) -> str:
    place = ".".join(map(str, fault["loc"]))
    seen = "" if fault["type"] == "value_error" else f" (found {str(fault['input'])[:80]!r})"
    return f"{place}: {fault['msg']}{seen}".removeprefix(": ")
