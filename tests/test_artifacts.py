import os
import stat
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.artifacts import (
    ArtifactError,
    atomic_folder,
    atomic_path,
    list_matrix,
    make_table,
    read_batches,
    read_json,
    read_table,
    scratch_folder,
    table_writer,
    write_json,
    write_table,
    write_text,
)

SCHEMA = pa.schema([pa.field("user", pa.int32()), pa.field("items", pa.list_(pa.int32()))])
COLUMNS = {"user": [0, 1, 2], "items": [[1, 2], [], None]}


# --- atomic writes ---


def test_the_file_appears_only_at_the_end(tmp_path):
    path = tmp_path / "deep" / "a.bin"
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"whole")
        assert not path.exists()
        assert temporary.parent == path.parent  # Renaming is atomic only within a file system.
    assert path.read_bytes() == b"whole"
    assert [entry.name for entry in path.parent.iterdir()] == ["a.bin"]


def test_an_error_leaves_nothing(tmp_path):
    def half_way():
        with atomic_path(tmp_path / "a.bin") as temporary:
            temporary.write_bytes(b"half")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert list(tmp_path.iterdir()) == []


def test_an_error_keeps_the_old_file(tmp_path):
    path = tmp_path / "a.parquet"
    write_table(path, SCHEMA, COLUMNS)
    before = path.read_bytes()

    def half_way():
        with table_writer(path, SCHEMA) as writer:
            writer.write_table(make_table(SCHEMA, COLUMNS))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.parquet"]


def test_a_file_is_replaced_whole(tmp_path):
    write_text(tmp_path / "a.txt", "a long old text")
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "new"


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_outputs_are_readable_by_others(tmp_path):
    write_text(tmp_path / "a.txt", "x")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o644


def test_text_is_utf8_with_plain_line_ends(tmp_path):
    write_text(tmp_path / "a.txt", "é\nü\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\n\xc3\xbc\n"


def stale(folder: Path, name: str) -> Path:
    """Leave a file as a killed run would."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    return path


def test_what_a_killed_run_left_goes_and_nothing_else(tmp_path):
    stale(tmp_path, ".a.bin.0123abcd.tmp")
    stale(tmp_path, ".a.bin.4567abcd.tmp/new/inner")
    other = [
        stale(tmp_path, name) for name in (".b.a.bin.0123abcd.tmp", ".a.bin.c.0123abcd.tmp", "a.bin.tmp")
    ]
    write_text(tmp_path / "a.bin", "x")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "a.bin", *other])


def test_a_folder_appears_whole_and_replaces_the_old_one(tmp_path):
    folder = tmp_path / "deep" / "model"
    stale(folder, "old.txt")
    with atomic_folder(folder) as temporary:
        write_text(temporary / "new.txt", "x")
        assert [entry.name for entry in folder.iterdir()] == ["old.txt"]
    assert [entry.name for entry in folder.parent.iterdir()] == ["model"]
    assert [entry.name for entry in folder.iterdir()] == ["new.txt"]


def test_an_error_keeps_the_old_folder(tmp_path):
    stale(tmp_path / "model", "old.txt")

    def half_way():
        with atomic_folder(tmp_path / "model") as temporary:
            write_text(temporary / "new.txt", "x")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert [entry.name for entry in tmp_path.rglob("*")] == ["model", "old.txt"]


def test_a_scratch_folder_is_beside_and_goes(tmp_path):
    with scratch_folder(tmp_path / "a") as folder:
        (folder / "b").write_text("x")
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_faults_of_writing_name_the_output_and_others_keep_their_own(tmp_path):
    def fail(number, name):
        with atomic_path(tmp_path / "a.bin"):
            raise OSError(number, os.strerror(number), name)

    with pytest.raises(OSError, match=r"a\.bin: not written: "):
        fail(28, None)
    with pytest.raises(OSError, match=r"Permission denied: 'raw\.json'$"):
        fail(13, "raw.json")
    with pytest.raises(OSError, match=r"^\[Errno 5\] Input/output error"):
        fail(5, None)
    assert list(tmp_path.iterdir()) == []


# --- JSON ---


def test_json_bytes(tmp_path):
    write_json(tmp_path / "a.json", {"b": 1.5, "a": ["é"]})
    expected = '{\n  "a": [\n    "é"\n  ],\n  "b": 1.5\n}\n'
    assert (tmp_path / "a.json").read_bytes() == expected.encode()
    assert read_json(tmp_path / "a.json") == {"a": ["é"], "b": 1.5}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_refuses_what_is_no_number(tmp_path, value):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"x": value})
    assert list(tmp_path.iterdir()) == []


def test_json_faults_name_the_file(tmp_path):
    with pytest.raises(ArtifactError, match=r"a\.json: no such file"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"a\.json: not JSON: "):
        read_json(tmp_path / "a.json")


# --- tables ---


def test_table_round_trip(tmp_path):
    write_table(tmp_path / "a.parquet", SCHEMA, COLUMNS)
    table = read_table(tmp_path / "a.parquet", SCHEMA)
    assert table.schema.equals(SCHEMA)
    assert table.to_pydict() == COLUMNS


def test_some_columns_only(tmp_path):
    write_table(tmp_path / "a.parquet", SCHEMA, COLUMNS)
    assert read_table(tmp_path / "a.parquet", SCHEMA, ["items"]).to_pydict() == {"items": COLUMNS["items"]}


def test_an_empty_table_keeps_its_schema(tmp_path):
    write_table(tmp_path / "a.parquet", SCHEMA, {"user": [], "items": []})
    assert read_table(tmp_path / "a.parquet", SCHEMA).schema.equals(SCHEMA)


def test_a_matrix_becomes_a_list_column_and_back(tmp_path):
    matrix = np.arange(6, dtype=np.int64).reshape(3, 2)
    write_table(tmp_path / "a.parquet", SCHEMA, {"user": np.arange(3), "items": matrix})
    column = read_table(tmp_path / "a.parquet", SCHEMA)["items"]
    assert column.to_pylist() == [[0, 1], [2, 3], [4, 5]]
    found = list_matrix(column)
    np.testing.assert_array_equal(found, matrix)
    assert found.dtype == np.int32


def test_list_matrix_of_chunks_slices_and_nothing():
    chunks = pa.chunked_array([[[1, 2]], [[3, 4], [5, 6]]], type=pa.list_(pa.int32()))
    assert list_matrix(chunks).tolist() == [[1, 2], [3, 4], [5, 6]]
    assert list_matrix(chunks.slice(1)).tolist() == [[3, 4], [5, 6]]
    assert list_matrix(pa.array([], type=pa.list_(pa.float32()))).shape == (0, 0)


def test_list_matrix_wants_equal_lengths():
    with pytest.raises(ArtifactError, match="lists of 1 to 2 values, equal lengths wanted"):
        list_matrix(pa.array([[1], [1, 2]], type=pa.list_(pa.int32())))


def test_the_same_table_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_table(tmp_path / name, SCHEMA, COLUMNS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_batches_stream_in_order(tmp_path):
    with table_writer(tmp_path / "a.parquet", SCHEMA) as writer:
        for start in (0, 5):
            users = list(range(start, start + 5))
            writer.write_table(make_table(SCHEMA, {"user": users, "items": [[user] for user in users]}))
    batches = list(read_batches(tmp_path / "a.parquet", SCHEMA, rows=3))
    assert max(batch.num_rows for batch in batches) <= 3
    assert [user for batch in batches for user in batch["user"].to_pylist()] == list(range(10))


@pytest.mark.parametrize("columns", [{"user": [0]}, {"user": [0], "items": [[1]], "more": [2]}])
def test_names_of_columns_are_checked_on_write(tmp_path, columns):
    with pytest.raises(ArtifactError, match=r"columns \[.*\] given, \['items', 'user'\] wanted"):
        write_table(tmp_path / "a.parquet", SCHEMA, columns)
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_another_schema_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="schema"):
        write_table(tmp_path / "a.parquet", SCHEMA, pa.table({"user": pa.array([1], pa.int64())}))
    assert list(tmp_path.iterdir()) == []


def test_values_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(pa.ArrowInvalid):
        make_table(SCHEMA, {"user": [2**40], "items": [[1]]})
    with pytest.raises(pa.ArrowInvalid):
        make_table(SCHEMA, {"user": pa.array([2**40]), "items": [[1]]})


def reading(path: Path, kind: str) -> None:
    if kind == "table":
        read_table(path, SCHEMA)
    else:
        list(read_batches(path, SCHEMA))


@pytest.mark.parametrize("kind", ["table", "batches"])
class TestFaultsOnRead:
    def test_absent(self, tmp_path, kind):
        with pytest.raises(ArtifactError, match=r"a\.parquet: no such file; run the stage that writes it"):
            reading(tmp_path / "a.parquet", kind)

    def test_not_parquet(self, tmp_path, kind):
        (tmp_path / "a.parquet").write_bytes(b"text, long enough to have a footer")
        with pytest.raises(ArtifactError, match=r"a\.parquet: not a Parquet file"):
            reading(tmp_path / "a.parquet", kind)

    def test_other_columns(self, tmp_path, kind):
        pq.write_table(pa.table({"user": [1]}), tmp_path / "a.parquet")
        with pytest.raises(ArtifactError, match=r"columns \['user'\] found, \['user', 'items'\] wanted"):
            reading(tmp_path / "a.parquet", kind)

    def test_other_type(self, tmp_path, kind):
        pq.write_table(pa.table({"user": [1], "items": [[1]]}), tmp_path / "a.parquet")
        with pytest.raises(ArtifactError, match=r"a\.parquet: column user is int64, int32 wanted"):
            reading(tmp_path / "a.parquet", kind)
