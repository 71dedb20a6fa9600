"""Commands and files of rows against the code: what isn't there is told."""

from typing import Any

import pytest

from experiments.systems.checks import faults, set_by
from experiments.systems.registry import System
from pipeline.params import ParamsError

RANDOM: dict[str, Any] = {
    "what": "a thing",
    "needs": "nothing",
    "verdict": "build",
    "state": "runs",
    "module": "pipeline/identifiers/atomic.py",
    "test": "tests/identifiers/test_atomic.py",
    "command": "dvc exp run -S identifiers.method=atomic",
    "note": "no figure",
}


def told(**changed: Any) -> list[str]:
    return faults({"Section": {"Thing": System(**RANDOM | changed)}})


def test_a_row_that_runs_has_no_fault() -> None:
    assert told() == []


def test_files_that_are_not_there() -> None:
    found = told(module="pipeline/identifiers/magic.py", test="tests/identifiers/test_magic.py")
    assert found == [
        "Section: Thing: module pipeline/identifiers/magic.py: no such file",
        "Section: Thing: test tests/identifiers/test_magic.py: no such file",
    ]


def test_a_test_of_something_else() -> None:
    assert told(test="tests/test_randomness.py") == [
        "Section: Thing: test tests/test_randomness.py: says nothing of atomic"
    ]


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("dvc exp run -S identifiers.method=magic", "found 'magic'"),
        ("dvc exp run -S identifiers.way=random", "no section has such a parameter"),
        ("dvc exp run -S 'evaluation.baselines=[most_popular,magic]'", "magic"),
        ("dvc exp run -S 'baselines.yaml:++baselines.bpr.factors=many'", "many"),
        ("dvc exp run -S", "-S: one of -S with a value is wanted"),
        ("dvc exp run --fast yes", "--fast: one of -S with a value is wanted"),
        ("make magic", "is wanted"),
        ("python -m tools.magic", "is wanted"),
        ("python -m", "is wanted"),
        ("python -m experiments", "the name of a preset or a sweep is wanted"),
        ("python -m experiments magic --raw PATH", "magic: none of the presets"),
        ("python -m experiments rq1 --preset magic --raw PATH", "no preset 'magic'"),
        ("python -m experiments rq1 --variant magic", "--variant magic: the variants of rq1 are PeaPOD"),
        ("python -m experiments p5-beauty --raw PATH -S model.backbone=llama -S model.d_kv=5", "is odd"),
    ],
)
def test_commands_that_name_what_there_is_not(command: str, fault: str) -> None:
    (found,) = told(command=command)
    assert fault in found


def test_a_section_that_is_not_there() -> None:
    (found,) = told(command="dvc exp run -S magic.way=random")
    assert "magic.way: no section has such a parameter" in found


def test_what_commands_set() -> None:
    assert set_by("dvc exp run -S 'baselines.yaml:++baselines.bpr.epochs=9' -S seed=3") == {
        "baselines.bpr.epochs": 9,
        "seed": 3,
    }
    chosen = set_by(
        "python -m experiments rq1 --preset p5-beauty --raw PATH --variant 'POD (task prompt alone)'"
    )
    assert (chosen["dataset.format"], chosen["prompts.collaborative"]) == ("p5", "none")
    # The variant wins over the preset.
    assert chosen["evaluation.baselines"] == ["most_popular"]
    assert set_by("python -m tools.ask_model contamination PATH") == {}
    with pytest.raises(ParamsError, match="a value is wanted"):
        set_by("python -m experiments p5-beauty --raw")
