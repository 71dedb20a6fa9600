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
        ("training", "best_epoch", "metrics/training.json: 1 fault(s)\n  best_epoch: missing"),
        (
            "sequential",
            "most_popular",
            "metrics/sequential.json: 1 fault(s)\n  the document: difference_to_",
        ),
        ("dataset", "table_2", "metrics/dataset.json: 1 fault(s)\n  table_2: missing"),
        ("leakage", "test_users", "metrics/leakage.json: 1 fault(s)\n  test_users: missing"),
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


def test_a_baseline_that_was_not_evaluated_is_named(root, capsys):
    path = root / "metrics/topn.json"
    metrics = {key: value for key, value in read_json(path).items() if not key.endswith("second")}
    write_json(path, metrics)
    with pytest.raises(SystemExit):
        main(root=root)
    told = capsys.readouterr().err
    assert "metrics/topn.json: no method 'second', which evaluation.baselines names" in told
