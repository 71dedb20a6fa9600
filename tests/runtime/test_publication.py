"""Outputs appear together or not at all, whatever ends the run and whenever."""

import errno
import fcntl
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.artifacts import write_text
from pipeline.runtime.publication import JOURNALS, finish_publications, published

OUTPUTS = ("data/table", "models/one/weights", "metrics/figures")


def publish(root: Path, text: str, figure: float = 1.0) -> None:
    with published(root, "stage", "data", "models", "metrics") as (data, models, metrics):
        write_text(data / "table", text)
        write_text(models / "one/weights", text)
        write_text(metrics / "figures", text)
        json.dumps(figure, allow_nan=False)


def found(root: Path) -> list[str | None]:
    """What the outputs hold; None for one that isn't there."""
    paths = [root / name for name in OUTPUTS]
    return [path.read_text() if path.exists() else None for path in paths]


def hidden(root: Path) -> list[Path]:
    return [*root.rglob(".*"), *(root / JOURNALS).glob("*")]


class Renames:
    """Counts renames; the n-th is left undone, and `act` happens instead."""

    def __init__(self, monkeypatch, number, act):
        self.left, self.act, self.original = number, act, Path.rename
        monkeypatch.setattr(Path, "rename", lambda path, target: self(path, target))

    def __call__(self, path, target):
        self.left -= 1
        if self.left == 0:
            self.act()
        return self.original(path, target)


def fail():
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def no_signals() -> Iterator[list[int]]:
    """SIGTERM is written down, and does nothing else."""
    arrived: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: arrived.append(number))
    yield arrived
    signal.signal(signal.SIGTERM, before)


def test_outputs_replace_former_ones_and_nothing_else(tmp_path):
    publish(tmp_path, "one")
    (tmp_path / "models/one/old").write_text("old")
    (tmp_path / "metrics/other").write_text("other")
    publish(tmp_path, "two")
    assert found(tmp_path) == ["two"] * 3
    assert not (tmp_path / "models/one/old").exists()  # A folder is replaced as a whole.
    assert (tmp_path / "metrics/other").read_text() == "other"
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("former", [None, "old"])
def test_an_error_in_the_body_publishes_nothing(tmp_path, former):
    if former:
        publish(tmp_path, former)
    with pytest.raises(ValueError, match="not JSON compliant"):
        publish(tmp_path, "new", float("nan"))
    assert found(tmp_path) == [former] * 3
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("former", [None, "old"])
@pytest.mark.parametrize("number", range(1, 7))
def test_a_failing_rename_takes_all_back(tmp_path, monkeypatch, former, number):
    if former:
        publish(tmp_path, former)
    with monkeypatch.context() as patch:
        Renames(patch, number, fail)
        if former is None and number > 3:  # There are three renames, and as many of former outputs.
            publish(tmp_path, "new")
            return
        with pytest.raises(OSError, match="Input/output error"):
            publish(tmp_path, "new")
    assert found(tmp_path) == [former] * 3
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("number", range(1, 7))
def test_sigterm_waits_until_all_have_moved(tmp_path, monkeypatch, no_signals, number):
    publish(tmp_path, "old")
    moved = []

    def terminate():
        os.kill(os.getpid(), signal.SIGTERM)
        moved.append(list(no_signals))

    Renames(monkeypatch, number, terminate)
    publish(tmp_path, "new")
    assert moved == [[]]
    assert no_signals == [signal.SIGTERM]
    assert found(tmp_path) == ["new"] * 3


def killed(root: Path, number: int) -> bool:
    """Publish in a child that is killed at the n-th rename; False where it had ended before."""
    pid = os.fork()
    if pid == 0:
        try:
            with pytest.MonkeyPatch.context() as patch:
                Renames(patch, number, lambda: os.kill(os.getpid(), signal.SIGKILL))
                publish(root, "new")
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("former", [None, "old"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_next_stage_moves_what_a_killed_one_had_not(tmp_path, former, number):
    if former:
        publish(tmp_path, former)
    assert killed(tmp_path, number)
    finish_publications(tmp_path)
    assert found(tmp_path) == ["new"] * 3
    assert hidden(tmp_path) == []
    finish_publications(tmp_path)
    assert found(tmp_path) == ["new"] * 3


def test_where_dvc_removed_a_part_the_others_go(tmp_path):
    assert killed(tmp_path, 2)
    assert found(tmp_path) == ["new", None, None]
    (tmp_path / "data/table").unlink()
    finish_publications(tmp_path)
    assert found(tmp_path) == [None] * 3
    assert hidden(tmp_path) == []


def test_a_part_that_moved_goes_with_one_that_is_lost(tmp_path):
    assert killed(tmp_path, 3)
    assert found(tmp_path) == ["new", "new", None]
    (tmp_path / "models/one/weights").unlink()
    (tmp_path / "models/one").rmdir()
    finish_publications(tmp_path)
    assert found(tmp_path) == [None] * 3


def test_what_somebody_put_there_since_stays(tmp_path):
    # dvc checkout, say.
    assert killed(tmp_path, 2)
    (tmp_path / "data/table").unlink()
    for name in OUTPUTS:
        write_text(tmp_path / name, "checked out")
    finish_publications(tmp_path)
    assert found(tmp_path) == ["checked out"] * 3
    assert hidden(tmp_path) == []


def test_a_stage_that_still_moves_is_left_alone(tmp_path):
    assert killed(tmp_path, 2)
    with (tmp_path / JOURNALS / "stage.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        finish_publications(tmp_path)
        assert found(tmp_path) == ["new", None, None]
    finish_publications(tmp_path)
    assert found(tmp_path) == ["new"] * 3


def test_what_was_staged_by_a_killed_run_goes(tmp_path):
    staged = tmp_path / "data/.stage.0123abcd.tmp/new"
    staged.mkdir(parents=True)
    (staged / "table").write_text("half")
    publish(tmp_path, "new")
    assert hidden(tmp_path) == []


def refused(root: Path, *arguments: object) -> str:
    """Return what is said where a table can't be written."""
    try:
        with published(root, "stage", "data") as (data,):
            raise OSError(errno.ENOSPC, *(str(one).format(table=data / "table") for one in arguments))
    except OSError as error:
        return str(error)


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    wanted = f"[Errno 28] {tmp_path}/data/table: not written: No space"
    assert refused(tmp_path, "No space", "{table}") == wanted
    assert refused(tmp_path, "{table}: not written: No space") == wanted
