"""What the kill harness calls a difference: planted ones are found, what a kill may leave isn't one."""

import pytest

from tests.hardening.chaos.stages import Stage, differences

STAGE = Stage("train", "stages.train", [], ["models/peapod", "metrics/training.json"])
WHOLE = {
    "models/peapod/a": b"1",
    "models/peapod/b": b"2",
    "metrics/training.json": b"{}",
    "params.yaml": b"p",
}


def without(*names):
    return {name: content for name, content in WHOLE.items() if name not in names}


@pytest.mark.parametrize(
    ("found", "killed", "finished"),
    [
        (WHOLE, [], []),
        (WHOLE | {"models/peapod/a": b"x"}, *[["models/peapod/a: other bytes"]] * 2),
        (WHOLE | {"models/other": b"x"}, *[["models/other: not an output"]] * 2),
        (without("params.yaml"), *[["params.yaml: missing"]] * 2),
        (
            without("models/peapod/a"),
            ["models/peapod/a: missing, while 2 other files of its stage are there"],
            ["models/peapod/a: missing"],
        ),
        (
            without("metrics/training.json"),
            ["metrics/training.json: missing, while 2 other files of its stage are there"],
            ["metrics/training.json: missing"],
        ),
        (
            without("models/peapod/a", "models/peapod/b"),
            [f"models/peapod/{name}: missing, while 1 other files of its stage are there" for name in "ab"],
            ["models/peapod/a: missing", "models/peapod/b: missing"],
        ),
        ({"params.yaml": b"p"}, [], [f"{name}: missing" for name in sorted(WHOLE)[:3]]),
        (
            WHOLE | {"models/.peapod.0123abcd.tmp/new/a": b"1"},
            [],
            ["models/.peapod.0123abcd.tmp/new/a: not an output"],
        ),
        (WHOLE | {"runs/train/1/step-2/w": b"1"}, [], ["runs/train/1/step-2/w: not an output"]),
        (WHOLE | {"metrics/live/dvc.yaml": b"1"}, [], ["metrics/live/dvc.yaml: not an output"]),
    ],
)
def test_differences(found, killed, finished):
    assert differences(STAGE, found, WHOLE, finished=False) == killed
    assert differences(STAGE, found, WHOLE, finished=True) == finished
