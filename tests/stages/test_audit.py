"""Stage `audit` on a finished run: its files, and the figures that `evaluate` gives, too."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.artifacts import read_table, write_table
from pipeline.evaluation.config import AUDITS
from pipeline.tables import INTERACTIONS
from stages import evaluate
from stages.audit import main
from tests.evaluation.workspace import write_workspace


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evaluated run, in which time goes on by a second per place."""
    folder = tmp_path_factory.mktemp("audited")
    write_workspace(folder)
    path = folder / "data/preprocessed/train.parquet"
    train = read_table(path, INTERACTIONS)
    columns = {name: train[name] for name in INTERACTIONS.names} | {"timestamp": train["position"]}
    write_table(path, INTERACTIONS, {name: column.to_pylist() for name, column in columns.items()})
    evaluate.main(folder)
    for name in AUDITS:
        main(name, folder)
    return folder


def document(root: Path, name: str) -> dict[str, Any]:
    return json.loads((root / f"metrics/{name}.json").read_text())


def test_groups_of_users_are_those_of_beyond(root: Path) -> None:
    audits = document(root, "audits/user_groups")
    for kind, groups in document(root, "beyond")["groups"]["sequential"].items():
        for group, told in groups.items():
            assert audits["groups"][f"{kind}: {group}"] == told["users"]
            for method in ("peapod", "most_popular", "second"):
                figure = audits[method][f"NDCG@3 {kind}: {group}"]
                assert figure["value"] == told["methods"][method]["NDCG@3"]["value"]


def test_spread_is_that_of_beyond(root: Path) -> None:
    for method, told in document(root, "beyond")["spread"].items():
        found = document(root, "audits/concentration")[method]
        assert {name: found[name] for name in told} == told


def test_every_audit_of_every_method(root: Path) -> None:
    for name in AUDITS:
        assert {"peapod", "most_popular", "second"} <= document(root, f"audits/{name}").keys()


def test_the_same_seed_gives_the_same_bytes(root: Path) -> None:
    path = root / "metrics/audits/user_groups.json"
    before = path.read_bytes()
    main("user_groups", root)
    assert path.read_bytes() == before


def test_an_audit_that_is_not_there(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main("magic", root)
    assert "no audit 'magic'; there are user_groups, item_groups" in capsys.readouterr().err


def test_data_without_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_workspace(tmp_path)
    with pytest.raises(SystemExit):
        main("recency", tmp_path)
    assert "take recency out of evaluation.audits" in capsys.readouterr().err
    assert not (tmp_path / "metrics/audits").exists()


def test_a_model_that_has_no_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_workspace(tmp_path)
    path = tmp_path / "metrics/training.json"
    training = json.loads(path.read_text())
    path.write_text(json.dumps(training | {"tasks": ["explanation"]}))
    with pytest.raises(SystemExit):
        main("concentration", tmp_path)
    assert "the model is asked explanation; empty evaluation.audits" in capsys.readouterr().err
