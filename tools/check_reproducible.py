"""Check that a fresh run gives what is committed: `dvc repro --force`, then compare with HEAD.

Data stages (sample, preprocess, explanations; identifiers unless they cluster vectors) must repeat byte
for byte on every machine: the md5s of their outputs have to be those of HEAD's dvc.lock.

Trained figures depend on the order of floating-point sums, which differs between machines. In
metrics/{sequential,topn,explanation,training}.json a figure has to lie

- within 10 % or 0.05 of the committed value, whichever is wider, or of the committed figure's own 95 %
  interval where it has one: training grows differences of rounding to those of another seed;
- epochs trained and the best epoch within 8 epochs, as early stopping goes by small differences;
- other whole numbers (users, pairs, parameters), and texts, have to be equal.

Neither side may have a figure or an output that the other lacks.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from pipeline.evaluation.schema.document import Document, Estimate
from pipeline.evaluation.schema.inputs import TrainingMetrics
from pipeline.evaluation.schema.tasks import ExplanationMetrics, SequentialMetrics, TopnMetrics
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.params import Section, load_yaml, parse_value, read_params
from pipeline.runtime.errors import clear_errors
from tools.run_dvc import run_dvc

DATA_STAGES = ("sample", "preprocess", "explanations")
CLUSTERED = ("collaborative", "residual", "product")
"""Methods of identifiers that go by floating-point vectors."""
METRICS: tuple[type[Document], ...] = (SequentialMetrics, TopnMetrics, ExplanationMetrics, TrainingMetrics)
ABSOLUTE = 0.05
RELATIVE = 0.10
EPOCHS = 8


class Params(Section):
    """What this check reads of params.yaml."""

    identifiers: IdentifiersConfig


class NotReproducedError(ValueError):
    """A fresh run gave something else than what is committed."""


@dataclass(frozen=True)
class Comparison:
    """One thing compared: what HEAD has, what the run gave, what was wanted, and whether it holds."""

    name: str
    committed: str
    found: str
    wanted: str
    holds: bool


def output_hashes(lock: Mapping[str, Any], stages: Sequence[str]) -> dict[str, str]:
    """Return the md5 of each output of `stages` in a dvc.lock, by "stage path"."""
    return {
        f"{stage} {out['path']}": out["md5"]
        for stage in stages
        for out in lock.get("stages", {}).get(stage, {}).get("outs", [])
    }


def compare_hashes(committed: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Comparison]:
    """Compare md5s, byte for byte."""
    for name in sorted(committed.keys() | found.keys()):
        old = committed.get(name, "absent")
        new = found.get(name, "absent")
        yield Comparison(name, old[:12], new[:12], "equal bytes", old == new)


def leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every figure of a document with its dotted name; an estimate is one figure."""
    if isinstance(value, Document) and not isinstance(value, Estimate):
        value = {key: getattr(value, key) for key in value.model_fields_set}
    if isinstance(value, dict):
        for key in sorted(value):
            yield from leaves(value[key], f"{name}.{key}")
    else:
        yield name, value


def compare_figures(committed: Document, found: Document, name: str) -> Iterator[Comparison]:
    """Compare the figures of two metrics files called `name`, within the tolerances of this module."""
    old = dict(leaves(committed, name))
    new = dict(leaves(found, name))
    for key in sorted(old.keys() | new.keys()):
        if key in old and key in new:
            yield compare_figure(key, old[key], new[key])
        else:
            there, here = (shown(side[key]) if key in side else "absent" for side in (old, new))
            yield Comparison(key, there, here, "on both sides", False)


def compare_figure(name: str, committed: Any, found: Any) -> Comparison:
    """Compare one figure: a number, an estimate, or a text or list that must be equal."""
    bounds = allowed_range(name.rsplit(".", 1)[-1], committed)
    value = number(found)
    if bounds is None or value is None:
        return Comparison(name, shown(committed), shown(found), "equal", committed == found)
    low, high = bounds
    holds = low <= value <= high
    return Comparison(name, shown(committed), shown(found), f"{low:.4f} to {high:.4f}", holds)


def allowed_range(key: str, committed: Any) -> tuple[float, float] | None:
    """Return the lowest and highest value that passes for a committed figure; None where it must be equal."""
    value = number(committed)
    if value is None:
        return None
    if key in {"epochs", "best_epoch"}:
        return value - EPOCHS, value + EPOCHS
    if isinstance(committed, int):
        return None
    slack = max(ABSOLUTE, RELATIVE * abs(value))
    low = value
    high = value
    if isinstance(committed, Estimate) and committed.low is not None and committed.high is not None:
        low = committed.low
        high = committed.high
    return low - slack, high + slack


def number(figure: Any) -> float | None:
    """Return the value of a figure; None where it is no number."""
    value = figure.value if isinstance(figure, Estimate) else figure
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def shown(figure: Any) -> str:
    """Return a figure as the table shows it."""
    value = number(figure)
    return f"{value:.6g}" if value is not None else json.dumps(figure, sort_keys=True)


def table(rows: Sequence[Comparison]) -> str:
    """Return the comparisons as aligned text, differences marked."""
    head = ("", "what", "committed", "found", "wanted")
    lines = [head, *(("" if r.holds else "!!", r.name, r.committed, r.found, r.wanted) for r in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    texts = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(text.rstrip() for text in texts)


def verdict(rows: Sequence[Comparison]) -> str:
    """Return one sentence for a run that holds; raises NotReproducedError naming every difference."""
    if not rows:
        raise NotReproducedError("nothing to compare: HEAD's dvc.lock names no output of the data stages")
    wrong = [
        f"  {r.name}: {r.found}, committed {r.committed}, wanted {r.wanted}" for r in rows if not r.holds
    ]
    if wrong:
        raise NotReproducedError(f"{len(wrong)} of {len(rows)} differ from HEAD\n" + "\n".join(wrong))
    return f"{len(rows)} outputs and figures hold"


def reproduce() -> None:
    """Run every stage anew; raises NotReproducedError where one fails."""
    if run_dvc("repro", "--force"):
        raise NotReproducedError("dvc repro --force failed; its own message stands above")


def committed_text(path: str) -> str:
    """Return a file as committed at HEAD; raises NotReproducedError where HEAD has none."""
    run = subprocess.run(["git", "show", f"HEAD:{path}"], capture_output=True, text=True, encoding="utf-8")
    if run.returncode:
        raise NotReproducedError(f"HEAD has no {path}: {run.stderr.strip()}")
    return run.stdout


def compare_run(clustered: bool) -> Iterator[Comparison]:
    """Compare dvc.lock and the metrics in the working folder with HEAD's."""
    stages = DATA_STAGES if clustered else (*DATA_STAGES, "identifiers")
    locks = parse_value(committed_text("dvc.lock")), load_yaml(Path("dvc.lock"))
    yield from compare_hashes(*(output_hashes(lock, stages) for lock in locks))
    for kind in METRICS:
        path = f"metrics/{kind.file}"
        committed = kind.parse(json.loads(committed_text(path)), f"HEAD: {path}")
        yield from compare_figures(committed, kind.read(Path(path)), kind.file.removesuffix(".json"))


@clear_errors
def main(run: bool = True) -> None:
    """Run every stage anew (unless --no-run) and end with exit code 1 where the result differs from HEAD."""
    method = read_params(Params, Path("params.yaml")).identifiers.method
    if run:
        reproduce()
    rows = list(compare_run(method in CLUSTERED))
    print(table(rows))
    print(verdict(rows))


if __name__ == "__main__":
    typer.run(main)
