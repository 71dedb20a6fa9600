"""Every stage, stopped at any of its writes, leaves all outputs of the former run, or all new ones."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.runs import REPOSITORY, SMALL, parameters
from tests.hardening.chaos.stages import read_stages
from tests.hardening.chaos.stops import written

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each stage left, by its name."""
    folder = tmp_path_factory.mktemp("stops")
    command = [sys.executable, "-m", "tests.hardening.chaos.stops", str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {found["stage"]: found for found in map(json.loads, done.stdout.splitlines())}


def names(folder: Path) -> list[str]:
    return [stage.name for stage in read_stages(parameters(folder, SMALL))]


def test_writes_by_hand():
    assert written("open", ("a", "w", os.O_WRONLY | os.O_CREAT)) == ["a"]
    assert written("open", ("a", "r", os.O_RDONLY)) == []
    assert written("open", (3, "w", os.O_WRONLY)) == []
    assert written("os.rename", (Path("a"), "b", -1, -1)) == ["a", "b"]
    assert written("os.remove", (Path("a"), -1)) == []


def test_all_outputs_or_none(left, tmp_path):
    assert list(left) == names(tmp_path)
    mixed = []
    for name, found in left.items():
        before, after = found["before"], found["after"]
        assert before.keys() == after.keys(), name
        assert all(before[output] != after[output] for output in before), name
        # Each output is opened, and renamed to its place, in three ways each.
        assert len(found["stops"]) >= 6 * len(after), name
        for stop in found["stops"]:
            if stop["state"] not in (before, after, {}):
                mixed.append(f"{name}, {stop['how']} at {stop['where']}: {sorted(stop['state'])}")
    assert mixed == []


def test_stops_come_before_and_after_the_outputs(left):
    """The stops themselves: some of each stage find the former outputs, and some the new ones."""
    for name, found in left.items():
        states = [stop["state"] for stop in found["stops"]]
        assert found["before"] in states, name
        assert len(found["after"]) == 1 or found["after"] in states, name
