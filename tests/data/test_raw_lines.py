import gzip
import os

import pytest

from pipeline.data import raw_lines
from pipeline.data.raw_lines import read_lines, read_whole
from pipeline.data.records import DatasetError


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_gzip_is_told_by_content_never_by_name(tmp_path, name, pack):
    path = tmp_path / name
    path.write_bytes(pack(b"one\r\n\ntwo"))
    assert list(read_lines(path)) == [(1, b"one\r\n"), (2, b"\n"), (3, b"two")]
    assert read_whole(path) == b"one\r\n\ntwo"


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n")
    assert list(read_lines(path)) == [(1, b"{}\n"), (2, b"\xef\xbb\xbf{}\n")]


def test_a_long_line_is_cut_and_the_next_ones_keep_their_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(raw_lines, "LONGEST_LINE", 4)
    path = tmp_path / "a"
    path.write_bytes(b"1234\n" + b"x" * 17 + b"\nend\n" + b"12345")
    assert list(read_lines(path)) == [(1, b"1234\n"), (2, b"xxxxx"), (3, b"end\n"), (4, b"12345")]


LINES = b"".join(b"line %d of some text\n" % number for number in range(5000))


@pytest.mark.parametrize("damage", ["cut", "checksum", "middle", "tail"])
def test_damaged_gzip_stops_with_file_and_line(tmp_path, damage):
    packed = bytearray(gzip.compress(LINES))
    if damage == "cut":
        packed = packed[: len(packed) // 2]
    if damage == "checksum":
        packed[-6] ^= 0xFF
    if damage == "middle":
        packed[len(packed) // 2 : len(packed) // 2 + 40] = b"\xff" * 40
    if damage == "tail":
        packed += b"rubbish after the end"
    path = tmp_path / "a.gz"
    path.write_bytes(bytes(packed))
    with pytest.raises(DatasetError, match=r"a\.gz: the gzip file is cut short or damaged after line \d+"):
        list(read_lines(path))
    with pytest.raises(DatasetError, match=r"a\.gz: the gzip file is cut short or damaged"):
        read_whole(path)


def test_what_is_no_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match="absent: no such file"):
        list(read_lines(tmp_path / "absent"))
    with pytest.raises(DatasetError, match="a folder; dataset"):
        list(read_lines(tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.unlink(),
        # At the end of a line, where no line looks cut.
        lambda path: os.truncate(path, 4),
        lambda path: path.write_bytes(b"x\n" * 50_000),
    ],
)
def test_a_file_that_vanishes_or_changes_while_it_is_read_is_no_short_file(tmp_path, change):
    path = tmp_path / "raw.json"
    path.write_bytes(b"abc\n" * 50_000)
    lines = read_lines(path)
    next(lines)
    change(path)
    with pytest.raises(DatasetError, match=r"raw\.json: changed or vanished while its \d+ lines were read"):
        list(lines)
