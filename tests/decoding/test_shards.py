"""However often a run is interrupted, the answers are those of one that never was, and none is made twice."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decoding.shards import BATCHES, Shards

QUESTIONS = list(range(BATCHES + 1))
SCHEMA = pa.schema({"user": pa.int32(), "score": pa.float32()})


class KilledError(Exception):
    """Stands for a kill."""


class Answering:
    """Answers two rows a question, and dies before the questions in `deaths`."""

    def __init__(self, deaths: Sequence[int] = ()) -> None:
        self.deaths, self.asked = list(deaths), []

    def __call__(self, questions: Sequence[int]) -> Mapping[str, list]:
        if self.deaths and self.deaths[0] in questions:
            self.deaths.pop(0)
            raise KilledError
        self.asked += questions
        return {"user": [q for q in questions for _ in (0, 1)], "score": [q / 7 for q in questions] * 2}


def table(folder: Path, questions: Sequence[int], size: int, answering: Answering) -> pa.Table:
    return Shards(folder, size).table("task", SCHEMA, questions, answering)


@given(st.integers(0, 30), st.integers(1, 3), st.lists(st.integers(0, 29), max_size=4))
def test_interrupted_or_not_the_answers_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, count: int, size: int, deaths: list[int]
) -> None:
    folder, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    questions = list(range(count))
    wanted = table(folder, questions, size, Answering())
    answering = Answering(deaths)
    for _ in range(len(deaths) + 1):
        try:
            found = table(other, questions, size, answering)
            break
        except KilledError:
            continue
    assert found.equals(wanted)
    assert found["user"].to_pylist() == [q for q in questions for _ in (0, 1)]
    assert answering.asked == questions


def test_a_damaged_shard_is_named_and_answered_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    wanted = table(tmp_path, QUESTIONS, 1, Answering())
    damaged = tmp_path / f"task/{BATCHES:09}.parquet"
    damaged.write_bytes(damaged.read_bytes()[:20])
    again = Answering()
    with caplog.at_level(logging.WARNING, "pipeline"):
        assert table(tmp_path, QUESTIONS, 1, again).equals(wanted)
    assert again.asked == [BATCHES]
    assert f"{BATCHES:09}.parquet: not a Parquet file" in caplog.text


def test_finished_shards_go(tmp_path: Path) -> None:
    table(tmp_path / "run", QUESTIONS, 1, Answering())
    Shards(tmp_path / "run", 1).clear()
    assert list(tmp_path.iterdir()) == []
