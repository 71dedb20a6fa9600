"""Rows by hand: what a row that runs, is explained or isn't there yet has to say."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments.systems.registry import BESIDE, read_systems
from pipeline.params import ParamsError
from tests.experiments.systems.rows import RUNS


def read(folder: Path, **row: Any) -> Any:
    (folder / "1_all.yaml").write_text(yaml.safe_dump({"Section": {"Thing": row}}), encoding="utf-8")
    return read_systems(folder)["Section"]["Thing"]


def without(*names: str) -> dict[str, Any]:
    return {key: value for key, value in RUNS.items() if key not in names}


def test_a_whole_row(tmp_path: Path) -> None:
    assert read(tmp_path, **RUNS).state == "runs"
    assert read(tmp_path, what="a", needs="b", verdict="adapter").state == "not yet"


@pytest.mark.parametrize("name", ["module", "test", "command"])
def test_a_row_that_runs_names_what_proves_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParamsError, match=f"Section: Thing: .*state runs wants a {name}"):
        read(tmp_path, **without(name))


def test_a_row_that_runs_has_a_figure_or_says_why_not(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="wants a figure, or a note"):
        read(tmp_path, **without("note"))
    read(tmp_path, **without("note"), figure={"result": "p5-beauty", "method": "peapod"})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"state": "not yet"}, "is runs meant"),
        ({"verdict": "explain"}, "verdict explain and state runs don't go together"),
        ({"verdict": "good"}, r"verdict: .*found 'good'"),
        ({"author": "x"}, r"author: .*found 'x'"),
        ({"figure": {"method": "peapod"}}, "one of result, sweep and asked is wanted"),
        ({"published": {"figure": ".05", "data": "Beauty"}}, "figure, data and source are wanted"),
        ({"published": {"method": "P5", "data": "Beauty"}}, "figure, data and source are wanted"),
    ],
)
def test_faults_are_told_with_their_row(tmp_path: Path, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ParamsError, match=f"1_all.yaml: 1 fault.*\n  Section: Thing: .*{told}"):
        read(tmp_path, **RUNS | changed)


def test_what_is_explained_says_what_it_needs(tmp_path: Path) -> None:
    row = {"what": "a", "needs": "nothing", "verdict": "explain", "state": "explained"}
    with pytest.raises(ParamsError, match="say what the system needs"):
        read(tmp_path, **row)
    read(tmp_path, **row | {"needs": "a factory"})


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    rows = {"Section": {"One": {"what": "a"}, "Two": RUNS | {"state": "not yet"}}}
    (tmp_path / "1_all.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    with pytest.raises(ParamsError, match=r"3 fault\(s\)\n  .*One: needs.*\n  .*One: verdict.*\n  .*Two"):
        read_systems(tmp_path)


def test_every_row_of_the_tutorial_is_there() -> None:
    rows = [
        system
        for section, systems in read_systems().items()
        if section != BESIDE
        for system in systems.values()
    ]
    verdicts = [system.verdict for system in rows]
    assert {name: verdicts.count(name) for name in set(verdicts)} == {
        "build": 69,
        "adapter": 23,
        "explain": 13,
    }
