"""`make test` and `make test-slow` run every test between them, and CI runs both."""

import re

from tools.closure import ROOT


def selections() -> dict[str, str]:
    """What each target of the Makefile has pytest select by marker."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {
        target: marked.strip('"')
        for target, marked in re.findall(r'^([a-z-]+):.*\n\t.*-m pytest -m ("[^"]+"|\w+)', text, re.MULTILINE)
    }


def test_the_fast_and_the_slow_are_all():
    assert selections() == {"test": "not slow", "test-slow": "slow"}
    assert "\ntest-all: test test-slow " in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_ci_runs_both_with_the_real_data():
    run = (ROOT / ".ci/run").read_text(encoding="utf-8")
    commands = re.findall(r"^PEAPOD_REQUIRE_DATA=1 make ([a-z-]+)$", run, re.MULTILINE)
    assert commands == ["test", "test-slow"]
