"""Whole files that are no review files, or hardly: one clear message, or every line accounted for."""

import gzip
import io
import json
import os
import pickle
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile

import pytest

from pipeline.data import raw_lines
from pipeline.data.json_text import read_json_file
from pipeline.data.raw_lines import read_whole
from pipeline.data.records import BadRecordError, DatasetError, Faults, shortened
from pipeline.data.restricted_pickle import load_plain
from pipeline.data.source import open_source

RECORD = {"reviewerID": "A", "asin": "B", "overall": 4.0, "unixReviewTime": 1393545600, "reviewText": "fine"}
LINE = json.dumps(RECORD).encode()


def read(path, stop=False):
    faults = Faults(path, stop=stop, quarantine=io.StringIO())
    kept = open_source(path, "auto", iter).interactions(faults)
    assert faults.read == len(kept) + faults.reasons.total()
    return len(kept), dict(faults.reasons)


def zipped(content):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        # With a time of its own, tests would be named otherwise in each process.
        archive.writestr(zipfile.ZipInfo("reviews.json"), content)
    return sink.getvalue()


def tarred(content):
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        entry = tarfile.TarInfo("reviews.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return sink.getvalue()


LINES = b"\n".join([LINE] * 5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(gzip.compress(LINES, mtime=0), mtime=0), "gzipped twice; unpack it once"),
        (zipped(LINES), "a zip archive; unpack it first"),
        (gzip.compress(zipped(LINES), mtime=0), "a zip archive"),
        (tarred(LINES), "a tar archive; unpack it first"),
        (gzip.compress(tarred(LINES), mtime=0), "a tar archive"),
        (b"BZh91AY&SY", "a bzip2 file"),
        (json.dumps([RECORD] * 3).encode(), r"a JSON array; .* one per line first \(jq -c '\.\[\]'\)"),
        (json.dumps([RECORD] * 3, indent=2).encode(), "a JSON array"),
        (b"[\n" + b",\n".join([LINE] * 3) + b"\n]\n", "a JSON array"),
        (json.dumps(RECORD, indent=2).encode(), r"a JSON object over several lines; .*jq -c \."),
        (b"\xff\xfe" + LINES.decode().encode("utf-16-le"), "UTF-16 text; make it UTF-8"),
        (b"\x00" * 5000, "not a file that PeaPOD knows"),
        (b"", "no records"),
        (b"\xef\xbb\xbf", "no records"),
        (gzip.compress((LINES + b"\n") * 500, mtime=0)[:-9], "cut short or damaged after line"),
    ],
)
@pytest.mark.parametrize("stop", [True, False])
def test_a_file_of_another_kind_is_told_by_name_with_the_way_out(tmp_path, content, message, stop):
    path = tmp_path / "raw.json"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        read(path, stop)
    assert "raw.json" in str(caught.value)


def test_a_pipe_or_a_folder_in_place_of_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DatasetError, match="pipe: no regular file"):
        read(tmp_path / "pipe")
    with pytest.raises(DatasetError, match=r"no datamaps\.json"):
        read(tmp_path)


DEEP = b"[" * 900 + b"]" * 900


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LINE.replace(b"4.0", DEEP), "overall: wrong type"),
        (LINE.replace(b"4.0", b"[" * 100_000), "line: malformed"),
        (LINE.replace(b'"A"', DEEP), "reviewerID: wrong type"),
        (LINE.replace(b"4.0", b"NaN"), "overall: out of range"),
        (LINE.replace(b"4.0", b"-Infinity"), "overall: out of range"),
        (LINE.replace(b"4.0", b"1e999"), "overall: out of range"),
        (LINE.replace(b"4.0", b"9" * 4000), "overall: out of range"),
        (LINE.replace(b"4.0", b"9" * 5000), "line: malformed"),
        (LINE.replace(b"1393545600", b"9" * 4000), "unixReviewTime: out of range"),
        (repr(RECORD).encode().replace(b"4.0", b"0x" + b"f" * 9000), "overall: out of range"),
        (repr(RECORD).encode().replace(b"4.0", b"{[]: 1}"), "line: malformed"),
        (repr(RECORD).encode().replace(b"4.0", b"1 + 2j"), "overall: wrong type"),
        (b"{'x': 1, " + b"0x" + b"f" * 9000 + b": 1}", "reviewerID: missing"),
        (LINE.replace(b'"asin"', b'"overall": 1, "asin"'), "line: repeated key"),
        (repr(RECORD).encode().replace(b"'asin'", b"'overall': 1, 'asin'"), "line: repeated key"),
        (LINE.replace(b"fine", b"fi\x00ne"), "line: malformed"),
        (LINE.replace(b"fine", b"fi\xffne"), "line: not UTF-8"),
        (LINE.replace(b'"A"', b'"\\ud800"'), "reviewerID: not UTF-8"),
        (b"\xef\xbb\xbf" + LINE, "line: malformed"),
        (LINE[:40], "line: malformed"),
        (LINE + LINE, "line: malformed"),
        (LINE.replace(b'"fine"', b"7"), "reviewText: wrong type"),
    ],
)
def test_a_hostile_line_is_set_aside_or_stops_with_its_place(tmp_path, line, reason):
    path = tmp_path / "raw.json"
    path.write_bytes(b"\n".join([LINE, line, LINE]))
    assert read(path) == (2, {reason: 1})
    with pytest.raises(DatasetError, match=rf"raw\.json, line 2: {reason}") as caught:
        read(path, stop=True)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("content", [LINES.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + LINES])
def test_windows_line_ends_and_a_first_byte_order_mark_are_no_fault(tmp_path, content):
    path = tmp_path / "raw.json"
    path.write_bytes(content)
    assert read(path) == (5, {})


MEASURE = """
import json, pathlib, sys, tracemalloc
from pipeline.data.records import Faults
from pipeline.data.source import open_source
path = pathlib.Path(sys.argv[1])
faults = Faults(path, stop=False)
tracemalloc.start()
kept = len(open_source(path, "auto", iter).interactions(faults))
print(json.dumps([kept, faults.reasons, tracemalloc.get_traced_memory()[1]]))
"""


@pytest.mark.parametrize("pack", [bytes, lambda content: gzip.compress(content, 1)])
def test_a_line_of_100_mb_takes_bounded_memory(tmp_path, pack):
    path = tmp_path / "raw.json"
    path.write_bytes(pack(LINE + b"\n" + b'{"reviewText": "' + b"x" * 100_000_000 + b'"}\n' + LINE + b"\n"))
    # In a process of its own, where nothing else takes memory.
    done = subprocess.run([sys.executable, "-c", MEASURE, path], capture_output=True, text=True, check=True)
    kept, reasons, peak = json.loads(done.stdout)
    assert (kept, reasons) == (2, {"line: too long": 1})
    assert peak < 6 * raw_lines.LONGEST_LINE


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(raw_lines, "LARGEST_FILE", 1000)
    path = tmp_path / "datamaps.json.gz"
    path.write_bytes(gzip.compress(b" " * 1000))
    assert len(read_whole(path)) == 1000
    path.write_bytes(gzip.compress(b" " * 1001))
    with pytest.raises(DatasetError, match=r"datamaps\.json\.gz: more than 1000 bytes when unpacked"):
        read_whole(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"a": 1, "a": 2}', "not JSON: the key 'a' stands 2 times"),
        (b'{"a": {"b": 1, "b": 1}}', "the key 'b' stands 2 times"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "at byte 8, wanted UTF-8 text"),
        (b"{", "not JSON"),
        (gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), "gzipped twice"),
    ],
)
def test_a_json_file_with_a_fault(tmp_path, content, message):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        read_json_file(path)
    assert "a.json" in str(caught.value)


def test_a_json_file_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read_json_file(tmp_path / "a.json") == {"a": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        # A memo index and a byte array of gigabytes, claimed by a few bytes.
        (b"\x80\x02]r\xff\xff\xff\x7f.", None),
        (
            b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b".",
            "an instruction that plain data doesn't need",
        ),
        # An OrderedDict whose method `get` is replaced by a number.
        (b"\x80\x02ccollections\nOrderedDict\n)R}X\x03\x00\x00\x00getK\x05sb.", "an instruction that plain"),
        (b"\x80\x02P1\n.", "an instruction that plain data doesn't need"),
    ],
)
def test_a_pickle_that_reserves_memory_or_changes_methods(tmp_path, content, message):
    path = tmp_path / "a.pkl"
    path.write_bytes(content)
    tracemalloc.start()
    if message is None:
        assert load_plain(path) == []
    else:
        with pytest.raises(DatasetError, match=rf"a\.pkl: not a pickle of plain data: .*{message}"):
            load_plain(path)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_what_repeats_itself_without_end_is_shown_shortly():
    value = []
    for _ in range(100):
        value = [value] * 10
    assert len(shortened(value)) < 100
    assert shortened(10**5000) == "an integer of 16610 bits"
    assert str(BadRecordError("x: wrong type", {"a": 10**5000}, "y")).count("bits") == 1


def test_a_deep_pickle_ends_in_a_clear_message(tmp_path):
    (tmp_path / "a.pkl").write_bytes(b"\x80\x02" + b"]" * 50_000 + b"a" * 49_999 + b".")
    assert shortened(load_plain(tmp_path / "a.pkl")) == "[[[[[...]]]]]"
    assert pickle.loads(b"\x80\x02]].") == []  # noqa: S301
