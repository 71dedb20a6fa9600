"""Lines of a plain or gzipped file: told by the magic bytes, bounded in length, damage named."""

import gzip
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, cast

from pipeline.data.records import DatasetError

LONGEST_LINE = 4 * 1024 * 1024
LARGEST_FILE = 1024 * 1024 * 1024
"""Most bytes, unpacked, of a file that is read as a whole."""
_PIECE = 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_gzip(path: Path) -> bool:
    """Tell by the first two bytes, never by the name."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP_MAGIC


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (line number from 1, line), a line cut after LONGEST_LINE + 1 bytes; the rest of it is skipped.

    Raises DatasetError when the file is absent, a folder, or a gzip file that is cut short or damaged, and
    when it changes or vanishes while it is read: what was read is then no file that anybody has.
    """
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no regular file" if path.exists() else "no such file"
        raise DatasetError(
            f"{path}: {found}; dataset.raw must name a file of reviews or interactions, or a P5 folder"
        )
    row = 0
    before = _state(path)
    try:
        with _opened(path) as file:
            while line := file.readline(LONGEST_LINE + 1):
                row += 1
                if row == 1:
                    _refuse_twice_packed(path, line)
                    line = line.removeprefix(_BYTE_ORDER_MARK)
                _skip_rest(file, line)
                yield row, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(
            f"{path}: the gzip file is cut short or damaged after line {row} ({error}); fetch it again"
        ) from None
    if _state(path) != before:
        raise DatasetError(f"{path}: changed or vanished while its {row} lines were read; run again")


def _state(path: Path) -> tuple[int, int, int] | None:
    """Which file this is, its size and when it was last written; None when it is gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _skip_rest(file: IO[bytes], line: bytes) -> None:
    while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
        line = file.readline(LONGEST_LINE + 1)


def read_whole(path: Path) -> bytes:
    """Return the content of a plain or gzipped file.

    Raises DatasetError when its gzip is damaged, or when it unpacks to more than LARGEST_FILE bytes.
    """
    try:
        with _opened(path) as file:
            # By pieces: one large read would reserve all of LARGEST_FILE for the smallest file.
            pieces = iter(lambda: file.read(_PIECE), b"")
            content = b"".join(islice(pieces, LARGEST_FILE // _PIECE + 1))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(
            f"{path}: the gzip file is cut short or damaged ({error}); fetch it again"
        ) from None
    if len(content) > LARGEST_FILE:
        raise DatasetError(f"{path}: more than {LARGEST_FILE} bytes when unpacked, which is the most")
    _refuse_twice_packed(path, content)
    return content


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path) if is_gzip(path) else path.open("rb"))


def _refuse_twice_packed(path: Path, start: bytes) -> None:
    if start.startswith(_GZIP_MAGIC):
        raise DatasetError(f"{path}: gzipped twice; unpack it once (gunzip)")
