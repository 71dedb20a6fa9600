"""Downloads that are what their publisher said: size and SHA-256 known beforehand; what breaks off goes on.

Nothing here is run by a stage: a stage reads files. `python -m stages.download` fetches the files of a list.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import urlsplit

import requests
from pydantic import AfterValidator, Field
from tqdm import tqdm

from pipeline.artifacts import atomic_path
from pipeline.params import Section

logger = logging.getLogger(__name__)

# What of a chunk has come when a transfer breaks off is lost.
_CHUNK = 1 << 16
_CONNECT_SECONDS, _SILENCE_SECONDS = 10, 60
# Answers after which the same request may well succeed: timeouts, too many requests, a server in trouble.
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class DownloadError(ValueError):
    """A download isn't to be had, or isn't what was announced; the message names its address."""


class _BrokenOffError(Exception):
    """The transfer broke off in a way that may pass; what came stays."""


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a web address wanted, http or https")
    if parts.username or parts.password:
        raise ValueError("a web address without user and password wanted")
    return url


def _inside(path: str) -> str:
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or not parts.name or ":" in path:
        raise ValueError("a path below the download folder wanted")
    return path


class Download(Section):
    """One file of a list: where it lies, under which name it goes, and what it is to be."""

    url: Annotated[str, AfterValidator(_web_address)]
    path: Annotated[str, AfterValidator(_inside)]
    size: int = Field(ge=0)
    """In bytes."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


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
    the file isn't to be had, has another size or checksum, or another file stands in its place, and OSError
    where it can't be written.
    """
    path = folder / wanted.path
    if path.exists():
        _check_present(path, wanted)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{wanted.sha256[:16]}.part")
    try:
        _transfer(wanted, part, patience or Patience())
    except requests.RequestException as error:
        raise DownloadError(f"{wanted.url}: {_reason(error)}") from error
    except OSError as error:
        reason = f"{part}: not written: {error.strerror}; what came is kept there"
        raise OSError(error.errno, reason) from error
    found = _sha256(part)
    if found != wanted.sha256:
        part.unlink()
        raise DownloadError(
            f"{wanted.url}: SHA-256 {found}, wanted {wanted.sha256}; what came was removed. Is it another "
            f"release, or was it changed on its way?"
        )
    with atomic_path(path) as temporary:
        part.replace(temporary)
    return path


def _check_present(path: Path, wanted: Download) -> None:
    size = path.stat().st_size if path.is_file() else None
    if size != wanted.size or _sha256(path) != wanted.sha256:
        found = "no file" if size is None else f"{size} bytes, SHA-256 {_sha256(path)}"
        raise DownloadError(
            f"{path}: is there already and something else ({found}; wanted {wanted.size} bytes, SHA-256 "
            f"{wanted.sha256}); move it away to download it"
        )


def _transfer(wanted: Download, part: Path, patience: Patience) -> None:
    """Fill `part` up to the wanted size."""
    fruitless = 0
    for attempt in count(1):
        before = _size(part)
        if before == wanted.size:
            part.touch()
            return
        if before > wanted.size:
            part.unlink()
            before = 0
        try:
            _request(wanted, part, before)
        except _BrokenOffError as error:
            fruitless = 0 if _size(part) > before else fruitless + 1
            if fruitless == patience.attempts:
                raise DownloadError(
                    f"{wanted.url}: {error}; given up after {attempt} attempts. {_size(part)} of "
                    f"{wanted.size} bytes are kept in {part}: the same command goes on from there"
                ) from error
            logger.warning("%s: %s; asking for the rest", wanted.url, error)
            patience.wait(patience.first_seconds * 2**fruitless)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _request(wanted: Download, part: Path, have: int) -> None:
    """Ask once for what is missing behind the first `have` bytes and append it."""
    # Compressed on its way, a range would be one of other bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(
            wanted.url, headers=headers, stream=True, timeout=(_CONNECT_SECONDS, _SILENCE_SECONDS)
        ) as answer:
            start = _checked_start(answer, wanted, have)
            with part.open("ab" if start else "wb") as file, _bar(wanted, start) as bar:
                for chunk in _chunks(answer):
                    if file.tell() + len(chunk) > wanted.size:
                        raise DownloadError(f"{wanted.url}: more than the {wanted.size} bytes wanted")
                    file.write(chunk)
                    bar.update(len(chunk))
    except (requests.ConnectionError, requests.Timeout) as error:
        raise _BrokenOffError(_reason(error)) from error
    if (came := _size(part)) < wanted.size:
        raise _BrokenOffError(f"the transfer ended at {came} of {wanted.size} bytes")


def _chunks(answer: requests.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_content(_CHUNK)
    except requests.exceptions.ChunkedEncodingError as error:
        raise _BrokenOffError(f"the transfer broke off: {_reason(error)}") from error


def _checked_start(answer: requests.Response, wanted: Download, have: int) -> int:
    """Return the byte that the answer starts with; raises where it isn't one of the file that is wanted."""
    status = answer.status_code
    if status in _PASSING:
        raise _BrokenOffError(f"the server says {status} {answer.reason}")
    if status not in {200, 206, 416}:
        raise DownloadError(f"{wanted.url}: the server says {status} {answer.reason}")
    if (encoding := answer.headers.get("Content-Encoding", "identity")) != "identity":
        raise DownloadError(f"{wanted.url}: comes encoded as {encoding}, wanted as it is")
    if status == 200:
        total, start = answer.headers.get("Content-Length"), 0
    else:
        # bytes 100-999/1000, or, of a range beyond the file's end, bytes */1000
        place, _, total = answer.headers.get("Content-Range", "").partition("/")
        start = have if status == 206 and place.startswith(f"bytes {have}-") else -1
    if total is not None and total.isdigit() and int(total) != wanted.size:
        raise DownloadError(f"{wanted.url}: {total} bytes there, {wanted.size} wanted")
    if start < 0:
        raise DownloadError(
            f"{wanted.url}: asked for the bytes from {have}, the server says {status} with Content-Range "
            f"{answer.headers.get('Content-Range')!r}"
        )
    return start


def _bar(wanted: Download, start: int) -> tqdm:
    return tqdm(desc=wanted.path, total=wanted.size, initial=start, unit="B", unit_scale=True, disable=None)


def _reason(error: requests.RequestException) -> str:
    """Return the innermost cause in words: requests wraps urllib3's errors, which wrap the socket's."""
    found: BaseException = error
    while (cause := found.__cause__ or found.__context__) is not None:
        found = cause
    return f"{type(found).__name__}: {found}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
