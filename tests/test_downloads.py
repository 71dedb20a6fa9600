"""Downloads against a server on this machine that misbehaves as told."""

import fcntl
import gzip
import hashlib
import json
import re
import resource
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from pipeline import downloads
from pipeline.downloads import LARGEST_FILE, Download, DownloadError, Patience, download
from pipeline.params import ParamsError, read_params
from tools.download import Listed, main

# Whole chunks of the reader: what came of a broken one is asked for again.
BREAK = 5 * 65536
CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """Serves `content`; `plan` holds what goes wrong, one word a request, then all goes well."""

    def __init__(self):
        self.content, self.plan, self.asked, self.encodings = CONTENT, [], [], set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.headers.get("Range"))
                outer.encodings.add(self.headers.get("Accept-Encoding"))
                outer.answer(self, outer.plan.pop(0) if outer.plan else "well")

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A client that goes away is what is tested.
        self.http.handle_error = lambda *_: None
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/reviews.json.gz"

    def answer(self, request, fault):
        start = int((request.headers.get("Range") or "bytes=0-")[6:-1])
        if str(fault).startswith("refuses ranges"):
            start = 0
        if isinstance(fault, int):
            request.send_error(fault)
            return
        if fault == "hangs up":
            request.close_connection = True
            return
        if fault == "is silent":
            time.sleep(1)
            return
        if fault == "416 alone":
            request.send_response(416)
            request.end_headers()
            return
        if start >= len(self.content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.content)}")
            request.end_headers()
            return
        body = self.content[start:]
        request.send_response(206 if start else 200)
        if start:
            shifted = start + (fault == "another range")
            request.send_header(
                "Content-Range", f"bytes {shifted}-{len(self.content) - 1}/{len(self.content)}"
            )
        if fault == "encoded":
            request.send_header("Content-Encoding", "gzip")
        if not str(fault).endswith("without a length"):
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        whole = len(body)
        ends = {"breaks off": BREAK, "ends early, without a length": BREAK}
        ends |= {f"refuses ranges, {chunks}": chunks * 8192 for chunks in (3, 5)}
        request.wfile.write(body[: ends.get(fault, whole)])


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def patience(waits):
    return Patience(attempts=3, wait=waits.append)


def wanted(server, **changes):
    fields = {"url": server.url, "path": "reviews.json.gz", "size": len(CONTENT), "sha256": SHA256}
    return Download(**fields | changes)


def names(folder):
    return sorted(entry.name for entry in folder.rglob("*"))


def test_a_file_comes_whole(server, tmp_path, patience):
    path = download(wanted(server, path="amazon/reviews.json.gz"), tmp_path, patience)
    assert path == tmp_path / "amazon/reviews.json.gz"
    assert path.read_bytes() == CONTENT
    assert names(tmp_path) == ["amazon", "reviews.json.gz"]
    assert path.stat().st_mode & 0o777 == 0o644
    # Packed on its way, the bytes of a range would be others.
    assert server.encodings == {"identity"}


def test_a_file_that_is_there_is_not_asked_for_again(server, tmp_path, patience):
    (tmp_path / "reviews.json.gz").write_bytes(CONTENT)
    download(wanted(server), tmp_path, patience)
    assert server.asked == []


def test_what_breaks_off_goes_on_where_it_was(server, tmp_path, patience, waits):
    server.plan = ["breaks off", 503, "hangs up", "breaks off"]
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert server.asked == [None, *[f"bytes={BREAK}-"] * 3, f"bytes={2 * BREAK}-"]
    # Longer after each attempt that brought nothing; anew once something came.
    assert waits == [1, 2, 4, 1]
    assert names(tmp_path) == ["reviews.json.gz"]


def test_it_goes_on_in_the_next_call_too(server, tmp_path, patience):
    server.plan = ["breaks off", 500, 502, 504]
    with pytest.raises(DownloadError) as error:
        download(wanted(server), tmp_path, patience)
    (part,) = tmp_path.iterdir()
    assert str(error.value) == (
        f"{server.url}: the server says 504 Gateway Timeout; given up after 4 attempts. {BREAK} of 1024000 "
        f"bytes are kept in {part}: the same command goes on"
    )
    download(wanted(server), tmp_path, patience)
    assert server.asked[-1] == f"bytes={BREAK}-"
    assert names(tmp_path) == ["reviews.json.gz"]


def test_a_whole_part_needs_no_request(server, tmp_path, patience):
    (tmp_path / f".reviews.json.gz.{SHA256[:16]}.part").write_bytes(CONTENT)
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert server.asked == []


def test_a_part_longer_than_the_file_is_no_part_of_it(server, tmp_path, patience):
    (tmp_path / f".reviews.json.gz.{SHA256[:16]}.part").write_bytes(CONTENT + b"x")
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert server.asked == [None]


def test_a_server_without_ranges_sends_all_again(server, tmp_path, patience):
    server.plan = ["breaks off", "refuses ranges"]
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT


def test_an_empty_file(server, tmp_path, patience):
    empty = wanted(server, size=0, sha256=hashlib.sha256(b"").hexdigest())
    assert download(empty, tmp_path, patience).read_bytes() == b""


@pytest.mark.parametrize("damage", ["first byte", "in the part that was kept"])
def test_other_bytes_than_announced_are_not_kept(server, tmp_path, patience, damage):
    if damage == "first byte":
        server.content = b"xyz" + CONTENT[3:]
    else:
        (tmp_path / f".reviews.json.gz.{SHA256[:16]}.part").write_bytes(b"xyz")
    found = hashlib.sha256(b"xyz" + CONTENT[3:]).hexdigest()
    with pytest.raises(DownloadError, match=f"SHA-256 {found}, wanted {SHA256}"):
        download(wanted(server), tmp_path, patience)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ([404], "the server says 404 Not Found"),
        ([403], "the server says 403 Forbidden"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(server, tmp_path, patience, plan, message):
    server.plan = list(plan)
    with pytest.raises(DownloadError) as error:
        download(wanted(server), tmp_path, patience)
    assert str(error.value).startswith(f"{server.url}: {message}")
    assert len(server.asked) == len(plan)
    assert names(tmp_path) == []


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(server, tmp_path, patience, status):
    server.plan = [status]
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT


@pytest.mark.parametrize("fault", ["416 alone", "another range"])
def test_where_a_range_is_refused_all_is_asked_for(server, tmp_path, patience, fault):
    server.plan = ["breaks off", fault]
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={BREAK}-", None]


def test_a_gzip_file_that_the_server_calls_an_encoding_comes_as_it_is(server, tmp_path, patience):
    server.content = gzip.compress(CONTENT)
    server.plan = ["encoded"]
    packed = {"size": len(server.content), "sha256": hashlib.sha256(server.content).hexdigest()}
    assert download(wanted(server, **packed), tmp_path, patience).read_bytes() == server.content


def test_a_server_that_never_gets_further_is_given_up(server, tmp_path, patience):
    server.plan = ["refuses ranges, 5", *["refuses ranges, 3", "refuses ranges, 5"] * 9]
    with pytest.raises(DownloadError, match="given up after 4 attempts"):
        download(wanted(server), tmp_path, patience)


def test_a_silent_server_is_asked_again(server, tmp_path, patience, monkeypatch):
    monkeypatch.setattr(downloads, "_SILENCE_SECONDS", 0.2)
    server.plan = ["is silent"]
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_without_a_length_a_transfer_that_ends_early_goes_on(server, tmp_path, patience):
    server.plan = ["ends early, without a length"]
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={BREAK}-"]


def test_two_downloads_of_one_file_do_not_write_into_one_another(server, tmp_path, patience):
    part = tmp_path / f".reviews.json.gz.{SHA256[:16]}.part"
    with part.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(DownloadError, match="another process is downloading it"):
            download(wanted(server), tmp_path, patience)
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT


def test_a_killed_download_leaves_its_part_and_goes_on(server, tmp_path, patience):
    class Killed(BaseException):
        """What no handler takes for a fault of the network."""

    def killed(_):
        raise Killed

    server.plan = ["breaks off"]
    with pytest.raises(Killed):
        download(wanted(server), tmp_path, Patience(wait=killed))
    assert [entry.stat().st_size for entry in tmp_path.iterdir()] == [BREAK]
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={BREAK}-"]


def test_what_stands_behind_a_question_mark_is_not_shown(server, tmp_path, patience):
    server.plan = [404]
    with pytest.raises(DownloadError) as error:
        download(wanted(server, url=f"{server.url}?key=secret"), tmp_path, patience)
    assert "secret" not in str(error.value)


def test_certificates_are_checked(server, tmp_path, patience, monkeypatch):
    asked = {}

    def get(url, **options):
        asked.update(options)
        raise requests.exceptions.SSLError("self-signed")

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(DownloadError, match="SSLError: self-signed"):
        download(wanted(server), tmp_path, patience)
    assert asked.get("verify", True) is True
    assert asked["timeout"]


@pytest.mark.parametrize(
    ("size", "plan", "message"),
    [
        (len(CONTENT) - 1, [], "1024000 bytes there, 1023999 wanted"),
        (len(CONTENT) - 1, ["without a length"], "more than the 1023999 bytes wanted"),
        (len(CONTENT) + 1, [], "1024000 bytes there, 1024001 wanted"),
        (len(CONTENT) + 1, ["without a length"], "1024000 bytes there, 1024001 wanted"),
    ],
)
def test_another_size_is_told_before_another_checksum(server, tmp_path, patience, size, plan, message):
    server.plan = plan
    with pytest.raises(DownloadError, match=f"{server.url}: {message}"):
        download(wanted(server, size=size), tmp_path, patience)


def test_no_server_at_all(server, tmp_path, patience, waits):
    server.http.shutdown()
    server.http.server_close()
    with pytest.raises(DownloadError, match=r"ConnectionRefusedError: .*; given up after 3 attempts$"):
        download(wanted(server), tmp_path, patience)
    assert waits == [2, 4]
    assert names(tmp_path) == []


def test_a_disk_without_room_is_named_and_what_came_stays(server, tmp_path, patience):
    part = tmp_path / f".reviews.json.gz.{SHA256[:16]}.part"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BREAK, before[1]))
    try:
        with pytest.raises(OSError, match=re.escape(f"{part}: not written: File too large; what came is")):
            download(wanted(server), tmp_path, patience)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert part.stat().st_size == BREAK
    assert download(wanted(server), tmp_path, patience).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={BREAK}-"]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_another_file_in_its_place_is_left_alone(server, tmp_path, patience, what):
    path = tmp_path / "reviews.json.gz"
    path.write_bytes(b"mine") if what == "file" else path.mkdir()
    with pytest.raises(DownloadError, match=r"is there already and something else .*; move it away"):
        download(wanted(server), tmp_path, patience)
    assert server.asked == []
    assert path.is_dir() or path.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("url", "ftp://host/file", "http or https"),
        ("url", "file:///etc/passwd", "http or https"),
        ("url", "https://me:" + "secret@host/file", "without user and password"),
        ("path", "../elsewhere", "below the download folder"),
        ("path", "/etc/passwd", "below the download folder"),
        ("path", "folder\\..\\..\\file", "below the download folder"),
        ("path", "a\0b", "below the download folder"),
        ("path", "C:\\file", "below the download folder"),
        ("path", "", "below the download folder"),
        ("sha256", "A" * 64, "should match pattern"),
        ("size", -1, "greater than or equal to 0"),
    ],
)
def test_faults_of_a_list_are_named(tmp_path, field, value, message):
    fields = {"url": "https://host/file", "path": "file", "size": 1, "sha256": SHA256} | {field: value}
    listed = tmp_path / "list.yaml"
    listed.write_text(
        "files:\n  - " + "\n    ".join(f"{key}: {json.dumps(one)}" for key, one in fields.items())
    )
    with pytest.raises(ParamsError, match=rf"files\.0\.{field}: .*{message}"):
        read_params(Listed, listed)


def test_a_list_has_large_files_no_path_twice_and_shows_no_password(tmp_path):
    listed = tmp_path / "list.yaml"
    entry = f"  - {{url: https://host/file, path: file, size: 9000000000, sha256: {SHA256}}}\n"
    listed.write_text("files:\n" + entry)
    assert read_params(Listed, listed, LARGEST_FILE).files[0].size == 9 * 10**9
    listed.write_text("files:\n" + entry * 2)
    with pytest.raises(ParamsError, match="each path once wanted, twice there: file"):
        read_params(Listed, listed, LARGEST_FILE)
    listed.write_text("files:\n" + entry.replace("host", "me:" + "secret@host"))
    with pytest.raises(ParamsError) as error:
        read_params(Listed, listed, LARGEST_FILE)
    assert "secret" not in str(error.value)


def test_the_bundled_list_is_sound():
    listed = Path(__file__).parents[1] / "data/downloads.yaml"
    assert {one.path for one in read_params(Listed, listed).files} == {
        "reviews_Musical_Instruments_5.json.gz",
        "All_Beauty_5.json.gz",
    }


def test_the_command(server, tmp_path, capsys, monkeypatch):
    # Its handler would outlive the stream that this test captures.
    monkeypatch.setattr("tools.download.log_to_stderr", lambda: None)
    listed = tmp_path / "list.yaml"
    entry = f"{{url: {server.url}, path: NAME, size: {len(CONTENT)}, sha256: {SHA256}}}"
    listed.write_text(f"files: [{entry.replace('NAME', 'one')}, {entry.replace('NAME', 'two')}]")
    main(["two"], listed=listed, into=tmp_path / "raw")
    assert capsys.readouterr().out == f"{tmp_path}/raw/two: 1024000 bytes, SHA-256 {SHA256}\n"
    assert names(tmp_path / "raw") == ["two"]
    main(None, listed=listed, into=tmp_path / "raw")
    assert names(tmp_path / "raw") == ["one", "two"]
    with pytest.raises(SystemExit):
        main(["three"], listed=listed, into=tmp_path / "raw")
    assert f"{listed}: no three; there are one, two" in capsys.readouterr().err
