"""docs/systems.md: how many systems run, all of them by section, and what there is of those that run."""

from collections import Counter
from collections.abc import Iterator, Sequence

from experiments.systems.figures import on_real_data, our_figure, published_figure
from experiments.systems.registry import BESIDE, System, Systems
from tools.parameters import row

PAGE = "docs/systems.md"
MEASURED = "with a figure on real data"
STATES = ("runs", "adapter", "explained", "not yet")
ABOUT = f"""\
# Systems of the tutorial, and what of them runs here

Written by `python -m experiments.systems` from `experiments/systems/*.yaml` and the results stored in
`experiments/results/`: edit those, never this page. The rows are those of *Navigating Large Language Models
for Recommendation: From Architecture to Learning Paradigms and Deployment* (Lin et al., SIGIR 2025,
tutorial); the section "{BESIDE}" has what runs here and has no row of its own there.

- **runs**: by configuration, with a module, a test that fails without it and a command. Where our figure
  isn't stored yet, the note says so.
- **adapter**: works with a language model that the user brings; loaded and asked in a test with a small
  one.
- **with a figure on real data**: of those that run or are adapters; a figure says of which data it is, and
  the bundled sample's doesn't count.
- **explained**: needs what nobody here has; the row says what.
- **not yet**: could be built here (or as an adapter), and isn't.

Our figures are of test data, with 95 % bootstrap intervals over users, and of models that train in minutes;
published ones stand beside them as what they are, often of other data and far larger models, never as a
target that is met; some of the PeaPOD paper's can't be true ([results.md](results.md), at its end). Seconds
are those of training, with the same model's without the method in parentheses, where they were kept: one run
on a machine that others share.
"""


def page(systems: Systems) -> str:
    """Return the page's text; raises where a row's figure isn't stored."""
    parts = [ABOUT, *_counts(systems), *_running(systems)]
    for section, rows in systems.items():
        parts += ["", f"## {section}", "", *_table(("system", "what it does", "needs", "state", "note"))]
        parts += [
            row(name, system.what, system.needs, system.state, _remark(system))
            for name, system in rows.items()
        ]
    return "\n".join([*parts, ""])


def _remark(system: System) -> str:
    """Return the note of a row whose note doesn't stand in the table of those that run."""
    return "" if system.state in ("runs", "adapter") else system.note


def _table(columns: Sequence[str]) -> list[str]:
    return [row(*columns), "| --- " * len(columns) + "|"]


def _counts(systems: Systems) -> Iterator[str]:
    counted = [system for section, rows in systems.items() if section != BESIDE for system in rows.values()]
    found = Counter((str(system.verdict), str(system.state)) for system in counted)
    measured = Counter(str(one.verdict) for one in counted if one.figure and on_real_data(one.figure))
    yield from _table(("of the tutorial", "runs", MEASURED, *STATES[1:], "together"))
    for verdict, label in _VERDICTS.items():
        runs, *others = [found[verdict, state] for state in STATES]
        yield row(label, *map(str, [runs, measured[verdict], *others, runs + sum(others)]))
    runs, *others = [sum(1 for system in counted if system.state == state) for state in STATES]
    yield row("all", *map(str, [runs, measured.total(), *others, runs + sum(others)]))


_VERDICTS = {
    "build": "can be built and tested here",
    "adapter": "wants a language model of the user's",
    "explain": "needs what nobody here has",
}


def _running(systems: Systems) -> Iterator[str]:
    yield from ("", "## What runs", "")
    yield from _table(("system", "our figure", "published", "what is missing"))
    running = [
        (name, system)
        for rows in systems.values()
        for name, system in rows.items()
        if system.state in ("runs", "adapter")
    ]
    for name, system in running:
        ours = our_figure(system.figure) if system.figure else "none yet"
        yield row(name, ours, published_figure(system) or "none", system.note)
    yield from ("", "How each is run, and what proves it (PATH: a path of yours):", "")
    yield from _table(("system", "command", "module", "test"))
    for name, system in running:
        yield row(name, f"`{system.command}`", _link(system.module), _link(system.test))


def _link(path: str | None) -> str:
    return f"[{path}](../{path})"
