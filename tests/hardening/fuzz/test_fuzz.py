"""The fuzzers find what is planted, and nothing in a short run over every reader."""

import random

import pytest

from pipeline.data.records import DatasetError
from tests.hardening.fuzz import __main__ as command
from tests.hardening.fuzz.loop import fault_of, fuzz
from tests.hardening.fuzz.targets import Target, targets


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    return targets(tmp_path_factory.mktemp("seeds"))


NAMES = (
    *(
        "raw line",
        "reviews",
        "preprocess",
        "table delimited",
        "table JSON lines",
        "table Parquet",
        "source",
        "metadata",
        "downloads.yaml",
        "P5 datamaps.json",
        "P5 sequential_data.txt",
        "P5 negative_samples.txt",
    ),
    *("P5 explanation.json", "P5 exp_splits.pkl", "pickle", "Sentires", "Sentires lexicon"),
    *("templates.yaml", "params.yaml", "curves.csv", "metrics JSON", "Parquet"),
)


def test_these_are_all(every):
    assert sorted(every) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_sound_inputs_are_read_and_broken_ones_told(every, tmp_path, name):
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    result = fuzz(every[name], inputs, tmp_path / "kept", 0.3, random.Random(1))
    assert result["findings"] == []
    assert result["executions"] >= 1


def planted(error):
    def read(path):
        if len(path.read_bytes()) != 3:
            raise error

    return Target("a", (b"abc",), read)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (KeyError("x"), "KeyError at test_fuzz.py"),
        (RecursionError(), "RecursionError at"),
        (AssertionError("1 read, 2 kept"), "AssertionError at"),
        (ValueError("bad"), "ValueError at"),
        (
            DatasetError("something is wrong"),
            "the message names neither file nor parameter: something is wrong",
        ),
    ],
)
def test_a_planted_fault_is_found_and_its_input_kept(tmp_path, error, fault):
    inputs, kept = tmp_path / "inputs", tmp_path / "kept"
    inputs.mkdir()
    result = fuzz(planted(error), inputs, kept, 0.3, random.Random(0))
    assert len(result["findings"]) == 1
    assert result["findings"][0].startswith(fault)
    (found,) = kept.iterdir()
    (inputs / "a").write_bytes(found.read_bytes())
    assert fault_of(planted(error), inputs / "a") == result["findings"][0]


def test_findings_and_dead_processes_end_with_exit_code_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "_in_process", lambda *_: {"executions": 5, "findings": ["a fault"]})
    assert command._all(tmp_path, "reviews", 1, 0) == 1
    assert "5 executions, 1 findings" in capsys.readouterr().out
    monkeypatch.undo()
    dead = command._in_process("no such fuzzer", 0.1, 0)
    assert dead["findings"][0].startswith("the process ended with 1")
