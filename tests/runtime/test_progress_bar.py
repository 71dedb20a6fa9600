"""Lines of progress where there is no terminal, a bar where there is one."""

import io
import logging
import threading

import pytest

from pipeline.runtime.progress_bar import ProgressBar, watched


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def bar(total, done=0):
    clock = Clock()
    return ProgressBar("train", total, "steps", done, clock=clock), clock


def test_a_line_by_hand():
    progress, clock = bar(6000)
    clock.now += 240  # 4 minutes for 1,200 of 6,000: 16 for the other 4,800.
    progress.update(1200)
    assert progress.line() == "train: 1,200 of 6,000 steps, 4 min so far, about 16 min left"


def test_what_an_earlier_run_did_took_no_time():
    progress, clock = bar(6000, done=3000)
    assert progress.line() == "train: 3,000 of 6,000 steps, 0 s so far"
    clock.now += 60
    progress.update(30)  # 2 s a step, 2,970 to go: 99 minutes.
    assert progress.line() == "train: 3,030 of 6,000 steps, 1 min so far, about 1 h 39 min left"


def test_without_a_total_nothing_is_foretold():
    progress, clock = bar(None)
    clock.now += 20
    progress.update(1500)
    assert progress.line() == "train: 1,500 steps, 20 s so far"


def test_lines_come_within_a_single_step(monkeypatch):
    """A step that takes long isn't silent."""
    lines, two = [], threading.Event()

    class Handler(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())
            if len(lines) == 2:
                two.set()

    handler, logger = Handler(), logging.getLogger("pipeline.runtime.progress_bar")
    monkeypatch.setattr("sys.stderr", io.StringIO())
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.INFO)
    with ProgressBar("search", 3, "configurations", seconds=0.01):
        assert two.wait(30)
    assert lines[0].startswith("search: 0 of 3 configurations, ")


def test_no_thread_outlives_its_block():
    before = threading.active_count()
    with ProgressBar("search", 3, "configurations", seconds=0.01) as progress:
        pass
    for thread in threading.enumerate():
        if thread.name.endswith("(_say)"):
            thread.join(30)
    assert threading.active_count() <= before
    assert progress.done == 0


def test_a_terminal_gets_a_bar(monkeypatch):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)
    with ProgressBar("train", 4, "steps", done=1) as progress:
        progress.update(3)
    assert "train: 100%" in terminal.getvalue()
    assert "4/4" in terminal.getvalue()


@pytest.mark.parametrize(
    ("items", "total", "known"), [([1, 2], None, 2), (iter([1, 2]), None, None), (iter([1]), 5, 5)]
)
def test_watched_passes_everything_on(monkeypatch, items, total, known):
    bars = []
    monkeypatch.setattr(
        "pipeline.runtime.progress_bar.ProgressBar.__exit__", lambda bar, *_: bars.append(bar)
    )
    wanted = [1] if known == 5 else [1, 2]
    assert list(watched(items, "x", "y", total)) == wanted
    assert [(one.total, one.done) for one in bars] == [(known, len(wanted))]
    bars[0]._stack.close()
