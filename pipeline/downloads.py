"""Downloads that are what their publisher said: size and SHA-256 known beforehand; what breaks off goes on.

Nothing here is run by a stage: a stage reads files. `python -m tools.download` fetches the files of a list.
"""

import hashlib
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Annotated, BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3
from pydantic import AfterValidator, Field
from tqdm import tqdm

from pipeline.artifacts import flush
from pipeline.params import Section

try:
    import fcntl
except ImportError:  # Windows, where an open file can't be renamed either.
    fcntl = None  # type: ignore[assignment]

logger = logging.getLogger(__name__)

# What of a chunk has come when a transfer breaks off is lost.
_CHUNK = 1 << 13
_CONNECT_SECONDS = 10
_SILENCE_SECONDS = 60
# Answers after which the same request may well succeed: timeouts, too many requests, a server in trouble.
_PASSING = {408, 425, 429, 500, 502, 503, 504}
LARGEST_FILE = 2**53
"""In bytes."""


class DownloadError(ValueError):
    """A download isn't to be had, or isn't what was announced; the message names its address."""


class _BrokenOffError(Exception):
    """The transfer broke off in a way that may pass; what came stays."""


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable():
        raise ValueError("a web address wanted, http or https")
    if parts.username or parts.password:
        raise ValueError("a web address without user and password wanted")
    return url


def _inside(path: str) -> str:
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or not parts.name or ":" in path or not path.isprintable():
        raise ValueError("a path below the download folder wanted")
    return path


class Download(Section):
    """One file of a list: where it lies, under which name it goes, and what it is to be."""

    url: Annotated[str, AfterValidator(_web_address)]
    path: Annotated[str, AfterValidator(_inside)]
    size: int = Field(ge=0)
    """In bytes."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def address(self) -> str:
        """The address for messages: what stands behind a question mark may be a key."""
        return self.url.partition("?")[0]


@dataclass(frozen=True)
class Patience:
    """How long a transfer that breaks off is tried again."""

    attempts: int = 6
    """In a row that brought nothing new."""
    wait: Callable[[float], None] = time.sleep
    first_seconds: float = 1.0
    """Doubled after each attempt that brought nothing."""


def download(wanted: Download, folder: Path, patience: Patience | None = None) -> Path:
    """Bring one file into `folder`, whole and verified, and return its path; one that is there already stays.

    What came before a transfer broke off is kept beside the place, under a name with the wanted checksum, and
    the next attempt, or the next call, asks for the rest (RFC 9110, section 14). Raises DownloadError where
    the file isn't to be had, has another size or checksum, is being downloaded by another process, or another
    file stands in its place, and OSError where it can't be written.
    """
    path = folder / wanted.path
    if path.exists() or path.is_symlink():
        _check_present(path, wanted)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{wanted.sha256[:16]}.part")
    with _alone(part, wanted) as file:
        try:
            _transfer(wanted, part, file, patience or Patience())
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise DownloadError(f"{wanted.address}: {_reason(error)}") from error
        finally:
            if _size(file) == 0 < wanted.size:
                part.unlink()
        found = _sha256(part)
        if found != wanted.sha256:
            part.unlink()
            raise DownloadError(
                f"{wanted.address}: SHA-256 {found}, wanted {wanted.sha256}; what came was removed. Is it "
                f"another release, or was it changed on its way?"
            )
        flush(part)
        part.chmod(0o644)
        part.replace(path)
    flush(path.parent)
    return path


def _check_present(path: Path, wanted: Download) -> None:
    seen = "no file"
    if path.is_file():
        size = path.stat().st_size
        found = _sha256(path)
        if (size, found) == (wanted.size, wanted.sha256):
            return
        seen = f"{size} bytes, SHA-256 {found}"
    raise DownloadError(
        f"{path}: is there already and something else ({seen}; wanted {wanted.size} bytes, SHA-256 "
        f"{wanted.sha256}); move it away to download it"
    )


@contextmanager
def _alone(part: Path, wanted: Download) -> Iterator[BinaryIO]:
    """Open what came so far for more, and keep other processes from it: two would write into one another."""
    with part.open("ab", buffering=0) as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DownloadError(
                    f"{wanted.address}: another process is downloading it to {part}"
                ) from None
        yield file


def _transfer(wanted: Download, part: Path, file: BinaryIO, patience: Patience) -> None:
    """Fill `file` up to the wanted size."""
    fruitless = 0
    most = _size(file)
    for attempt in count(1):
        if _size(file) > wanted.size:
            file.truncate(0)
        if _size(file) == wanted.size:
            return
        try:
            _request(wanted, part, file)
        except _BrokenOffError as error:
            # More than ever before: a server without ranges begins anew each time.
            fruitless = 0 if _size(file) > most else fruitless + 1
            most = max(most, _size(file))
            if fruitless == patience.attempts:
                told = f"{wanted.address}: {error}; given up after {attempt} attempts"
                if came := _size(file):
                    told += f". {came} of {wanted.size} bytes are kept in {part}: the same command goes on"
                raise DownloadError(told) from error
            logger.warning("%s: %s; asking for the rest", wanted.address, error)
            patience.wait(patience.first_seconds * 2**fruitless)


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _request(wanted: Download, part: Path, file: BinaryIO) -> None:
    """Ask once for what is missing behind the bytes that came, and append it."""
    have = _size(file)
    # Compressed on its way, a range would be one of other bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    timeout = (_CONNECT_SECONDS, _SILENCE_SECONDS)
    try:
        with requests.get(wanted.url, headers=headers, stream=True, timeout=timeout) as answer:
            if _checked_start(answer, wanted, have) == 0:
                file.truncate(0)
            with _bar(wanted, _size(file)) as bar:
                # As it comes: some servers call a .gz file an encoding of what is in it.
                for chunk in answer.raw.stream(_CHUNK, decode_content=False):
                    if _size(file) + len(chunk) > wanted.size:
                        raise DownloadError(f"{wanted.address}: more than the {wanted.size} bytes wanted")
                    _append(file, chunk, part)
                    bar.update(len(chunk))
    except requests.exceptions.SSLError:
        raise
    except (requests.ConnectionError, requests.Timeout) as error:
        raise _BrokenOffError(_reason(error)) from error
    except (urllib3.exceptions.ProtocolError, urllib3.exceptions.TimeoutError) as error:
        raise _BrokenOffError(f"the transfer broke off: {_reason(error)}") from error
    except _RangeRefusedError as error:
        file.truncate(0)
        raise _BrokenOffError(f"{error}; beginning anew") from error
    if (came := _size(file)) < wanted.size:
        raise _BrokenOffError(f"the transfer ended at {came} of {wanted.size} bytes")


def _append(file: BinaryIO, chunk: bytes, part: Path) -> None:
    try:
        rest = memoryview(chunk)
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        reason = f"{part}: not written: {os.strerror(error.errno or 0)}; what came is kept there"
        raise OSError(error.errno, reason) from error


class _RangeRefusedError(Exception):
    """The server doesn't send the bytes that were asked for."""


def _checked_start(answer: requests.Response, wanted: Download, have: int) -> int:
    """Return the byte that the answer starts with; raises where it isn't one of the file that is wanted."""
    status = answer.status_code
    said = _printable(f"{status} {answer.reason}")
    if status in _PASSING:
        raise _BrokenOffError(f"the server says {said}")
    if status not in {200, 206, 416}:
        raise DownloadError(f"{wanted.address}: the server says {said}")
    # bytes 100-999/1000, or, of a range beyond the file's end, bytes */1000
    placed = answer.headers.get("Content-Range", "")
    total = answer.headers.get("Content-Length", "") if status == 200 else placed.rpartition("/")[2]
    if re.fullmatch("[0-9]{1,18}", total) and int(total) != wanted.size:
        raise DownloadError(f"{wanted.address}: {int(total)} bytes there, {wanted.size} wanted")
    if status == 200:
        return 0
    if status == 206 and placed.startswith(f"bytes {have}-"):
        return have
    raise _RangeRefusedError(
        f"asked for the bytes from {have}, the server says {said}, Content-Range {_printable(placed)!r}"
    )


def _bar(wanted: Download, start: int) -> tqdm:
    return tqdm(desc=wanted.path, total=wanted.size, initial=start, unit="B", unit_scale=True, disable=None)


def _reason(error: Exception) -> str:
    """Return the innermost cause in words: requests wraps urllib3's errors, which wrap the socket's."""
    found: BaseException = error
    while (cause := found.__cause__ or found.__context__) is not None:
        found = cause
    # A proxy's address may hold a password.
    return _printable(re.sub(r"//[^/\s]*@", "//...@", f"{type(found).__name__}: {found}"))


def _printable(text: str) -> str:
    """Return what a server said, safe for a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text[:300])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
