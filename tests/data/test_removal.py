"""The list of removed users: marks that name nobody, read strictly."""

import pytest

from pipeline.data.records import DatasetError
from pipeline.data.removal import read_removed, removal_mark, staying, write_removed
from tests.data.build import interactions


def test_a_list_is_read_back_and_names_nobody(tmp_path):
    path = tmp_path / "removed.txt"
    marks = {removal_mark(user) for user in ("ZOE", "ANN")}
    write_removed(path, marks)
    assert read_removed(path) == marks
    text = path.read_text()
    assert "ZOE" not in text
    assert text.splitlines()[1:] == sorted(marks)
    write_removed(path, frozenset())
    assert read_removed(path) == frozenset()


def test_a_line_that_is_no_mark_is_named(tmp_path):
    path = tmp_path / "removed.txt"
    path.write_text("# a comment\n\nA1B2C3\n")
    with pytest.raises(DatasetError, match=r"removed\.txt, line 3: found 'A1B2C3', wanted 32 hex digits"):
        read_removed(path)


def test_a_lost_list_stops_instead_of_bringing_everyone_back(tmp_path):
    with pytest.raises(DatasetError, match=r"removed\.txt: no such file"):
        read_removed(tmp_path / "removed.txt")


def test_who_goes():
    read = interactions([(0, 0), (1, 0), (0, 1), (2, 2)])
    assert staying(read, [removal_mark("U000"), removal_mark("unknown")]).tolist() == [
        False,
        True,
        False,
        True,
    ]
    assert staying(read, []).all()
