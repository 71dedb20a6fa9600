"""The outputs of a stage appear together: all of them, or none.

A stage writes into staging folders that lie where its outputs belong. When everything is written, a journal
on the disk says what moves where, then everything moves. A run that ends before its journal is there leaves
nothing; of one that is killed after that, the next stage that starts moves the rest (`finish_publications`).
"""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.artifacts import UNWRITABLE, flush, read_json, remove, temporary_name, write_json

try:
    import fcntl
except ImportError:  # Windows.
    fcntl = None  # type: ignore[assignment]

JOURNALS = Path("runs/publishing")
_NEW = "new"
_FORMER = "former"


class Move(NamedTuple):
    """An output on its way: where it was staged, where it belongs, and its time in nanoseconds."""

    staged: Path
    target: Path
    modified: int

    @property
    def former(self) -> Path:
        """Where the output of an earlier run waits until all have moved."""
        return self.staged.parents[1] / _FORMER / self.staged.name

    @property
    def arrived(self) -> bool:
        """Whether this output, not that of another run, is where it belongs; renaming keeps the time."""
        return self.target.exists() and self.target.stat().st_mtime_ns == self.modified


@contextmanager
def published(root: Path, stage: str, *folders: str) -> Iterator[tuple[Path, ...]]:
    """Yield an empty staging folder for each of `folders`, which are below `root`.

    On success every file or folder in a staging folder replaces what has its name in the folder itself: all
    of them or, on any error, none. SIGTERM and Ctrl-C wait while they move. Other entries of `folders` stay.
    One stage can't run twice at once. Raises OSError naming the output that can't be written.
    """
    with ExitStack() as stack:
        staged = tuple(stack.enter_context(_staging(root / folder, stage)) for folder in folders)
        yield staged
        moves = [
            Move(entry, root / folder / entry.name, entry.stat().st_mtime_ns)
            for new, folder in zip(staged, folders, strict=True)
            for entry in sorted(new.iterdir())
        ]
        for new in staged:  # Of the files in there, each was flushed when it was written.
            flush(new)
        with _signals_waiting():
            _publish(root, root / JOURNALS / f"{stage}.json", moves)


def finish_publications(root: Path) -> None:
    """Move the rest of what killed stages below `root` had begun to publish.

    Where a part is gone again (DVC removes outputs before it runs a stage), the other parts go, too.
    """
    for journal in sorted((root / JOURNALS).glob("*.json")):
        with _signals_waiting(), _held(journal, wait=False) as held:
            if held:  # Else it belongs to a stage that runs now.
                _finish([_read_move(root, entry) for entry in read_json(journal)])
                journal.unlink()


def _publish(root: Path, journal: Path, moves: Sequence[Move]) -> None:
    write_json(journal, [_written_move(root, move) for move in moves])
    with _held(journal, wait=True) as held:
        if not held:  # A stage that started just now has moved everything.
            return
        try:
            for move in moves:
                _advance(move)
        except OSError:
            for move in reversed(moves):
                _take_back(move)
            journal.unlink()
            raise
        for folder in {move.target.parent for move in moves}:
            flush(folder)
        journal.unlink()


def _finish(moves: Sequence[Move]) -> None:
    whole = all(move.arrived or move.staged.exists() for move in moves)
    for move in moves:
        if whole and move.staged.exists():
            _advance(move)
        elif not whole and move.arrived:
            remove(move.target)
    for folder in {move.staged.parents[1] for move in moves}:
        remove(folder)


def _advance(move: Move) -> None:
    if os.path.lexists(move.target):
        move.target.rename(move.former)
    move.staged.rename(move.target)


def _take_back(move: Move) -> None:
    if not move.staged.exists():
        move.target.rename(move.staged)
    if os.path.lexists(move.former):
        move.former.rename(move.target)


def _written_move(root: Path, move: Move) -> list[Any]:
    paths = (path.relative_to(root).as_posix() for path in (move.staged, move.target))
    return [*paths, move.modified]


def _read_move(root: Path, entry: list[Any]) -> Move:
    staged, target, modified = entry
    return Move(root / staged, root / target, modified)


@contextmanager
def _staging(folder: Path, stage: str) -> Iterator[Path]:
    # Inside the folder, which may be a link to another disk.
    temporary = temporary_name(folder / stage)
    new = temporary / _NEW
    try:
        new.mkdir(parents=True)
        (temporary / _FORMER).mkdir()
        yield new
    except OSError as error:
        told = f"{error.filename}: not written: {error.strerror}" if error.filename else error.strerror or ""
        if error.errno in UNWRITABLE and temporary.name in told:
            told = told.replace(str(new), str(folder)).replace(str(temporary), str(folder))
            raise OSError(error.errno, told) from error
        raise
    finally:
        remove(temporary)


@contextmanager
def _signals_waiting() -> Iterator[None]:
    """Let SIGTERM and Ctrl-C act when the body has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda number, _: waiting.append(number)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
    if waiting:
        signal.raise_signal(waiting[0])


@contextmanager
def _held(journal: Path, wait: bool) -> Iterator[bool]:
    """Yield whether the journal is there and is held by this process from now on."""
    if fcntl is None:
        yield journal.exists()
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(journal.open("rb"))
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except (FileNotFoundError, BlockingIOError):
            yield False
            return
        except OSError:
            pass  # A file system without locks.
        yield journal.exists()
