import pytest

from pipeline.artifacts import read_json, write_json
from stages.evaluate import main as evaluate
from stages.report import main
from tests.evaluation.workspace import write_training, write_workspace


@pytest.fixture
def root(tmp_path):
    write_workspace(tmp_path)
    write_training(tmp_path)
    evaluate(root=tmp_path)
    return tmp_path


def test_twice_gives_the_same_bytes_wherever_the_run_lies(root, tmp_path_factory):
    main(root=root)
    first = (root / "report/index.html").read_bytes()
    other = tmp_path_factory.mktemp("elsewhere")
    write_workspace(other)
    write_training(other)
    evaluate(root=other)
    main(root=other)
    assert (other / "report/index.html").read_bytes() == first
    assert str(root).encode() not in first


@pytest.mark.parametrize(
    ("file", "key", "message"),
    [
        ("training", "best_epoch", "metrics/training.json: no field 'best_epoch'"),
        ("sequential", "most_popular", "metrics/sequential.json: no field 'most_popular'"),
        ("dataset", "table_2", "metrics/dataset.json: no field 'table_2'"),
        ("leakage", "test_users", "metrics/leakage.json: no field 'test_users'"),
    ],
)
def test_missing_fields_are_named(root, capsys, file, key, message):
    path = root / f"metrics/{file}.json"
    document = read_json(path)
    del document[key]
    write_json(path, document)
    with pytest.raises(SystemExit):
        main(root=root)
    assert message in capsys.readouterr().err


def test_a_missing_file_is_named(root, capsys):
    (root / "metrics/curves.csv").unlink()
    with pytest.raises(SystemExit):
        main(root=root)
    assert "metrics/curves.csv" in capsys.readouterr().err


def test_files_that_it_doesnt_name_change_nothing(root):
    main(root=root)
    first = (root / "report/index.html").read_bytes()
    (root / "predictions/retired").mkdir()
    (root / "predictions/retired/sequential.parquet").write_bytes(b"old")
    (root / "metrics/old.json").write_text("{}")
    main(root=root)
    assert (root / "report/index.html").read_bytes() == first
