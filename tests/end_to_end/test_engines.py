"""What engine ray makes is what this machine's processes make, to the byte; so it is when workers die."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from pipeline.runtime.engines.base import Engine
from pipeline.runtime.engines.start import start_engine
from tests.end_to_end.runs import SMALL, run
from tests.runtime.engines.clusters import cluster
from tests.runtime.engines.tasks import killed_at_second

pytestmark = pytest.mark.slow

CODES = SMALL | {
    "identifiers.method": "residual",
    "identifiers.residual": {"size": 4},
    "decoding.batch_size": 10,
}
"""Codes of the items' texts, and several shards of every kind of question."""

T = TypeVar("T")
R = TypeVar("R")


class Killing:
    """An engine whose maps each have their second task kill its worker, once; `marks` has a file of each."""

    here = False

    def __init__(self, engine: Engine, marks: Path) -> None:
        self._engine = engine
        self._marks = marks

    def map(self, function: Callable[[T], R], shards: Iterable[T]) -> Iterator[R]:
        mark = self._marks / uuid4().hex
        return self._engine.map(partial(killed_at_second, mark, function), enumerate(shards))


@contextmanager
def killing(marks: Path, *arguments: object, **named: object) -> Iterator[Killing]:
    """As start_engine."""
    with start_engine(*arguments, **named) as engine:
        yield Killing(engine, marks)


def contents(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    files = [file for name in names for file in sorted((folder / name).rglob("*")) if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_the_bytes_are_those_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("pipeline.explanations.build.ROWS", 100)
    monkeypatch.setattr("pipeline.decoding.shards.BATCHES", 1)
    monkeypatch.setattr("pipeline.recommenders.parts.tfidf.SHARD", 10)
    one = run(monkeypatch, tmp_path / "one", CODES, last="generate")
    made = ("data/explanations", "data/identifiers", "predictions/peapod")
    wanted = contents(one, made)
    assert len(wanted) >= 8
    other = tmp_path / "other"
    (other / "data").mkdir(parents=True)
    for name in ("data/preprocessed", "data/embeddings", "data/neighbours", "models"):
        (other / name).symlink_to(one / name)
    with cluster() as address:
        settings = CODES | {"runtime": {"engine": "ray", "ray_address": address}}
        for marks in (None, tmp_path / "marks"):
            if marks is not None:
                marks.mkdir()
            for stage in ("explanations", "identifiers", "generate"):
                if marks is not None:
                    monkeypatch.setattr(f"stages.{stage}.start_engine", partial(killing, marks))
                run(monkeypatch, other, settings, first=stage, last=stage)
            assert contents(other, made) == wanted
    # One map of explanations, one of identifiers, and one of generate for each of its four tables.
    assert len(list((tmp_path / "marks").iterdir())) == 6
