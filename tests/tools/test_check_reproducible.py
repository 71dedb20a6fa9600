"""Comparison with what is committed, on made-up locks, metrics and repositories."""

from pathlib import Path

import pytest
import yaml

from pipeline.evaluation.schema.document import Estimate
from pipeline.evaluation.schema.inputs import TrainingMetrics
from tests.evaluation.documents import explanation, sequential, topn
from tests.evaluation.workspace import TRAINING
from tests.repositories import commit_all
from tools.check_reproducible import (
    NotReproducedError,
    committed_text,
    compare_figure,
    compare_figures,
    compare_hashes,
    compare_run,
    main,
    output_hashes,
    table,
    verdict,
)

LOCK = {
    "schema": "2.0",
    "stages": {
        "sample": {"cmd": "x", "outs": [{"path": "data/raw/s.gz", "hash": "md5", "md5": "a1", "size": 3}]},
        "preprocess": {
            "outs": [{"path": "data/p", "md5": "b2.dir"}, {"path": "metrics/d.json", "md5": "c3"}]
        },
        "train": {"outs": [{"path": "models/m", "md5": "d4.dir"}]},
    },
}


def test_hashes_of_the_stages_asked_for():
    assert output_hashes(LOCK, ("sample", "preprocess", "unknown")) == {
        "sample data/raw/s.gz": "a1",
        "preprocess data/p": "b2.dir",
        "preprocess metrics/d.json": "c3",
    }


def test_every_hash_that_differs_or_is_on_one_side_is_named():
    committed = {"a": "1", "b": "2", "c": "3"}
    found = {"a": "1", "b": "9", "d": "4"}
    rows = {row.name: row for row in compare_hashes(committed, found)}
    assert {name: row.holds for name, row in rows.items()} == {"a": True, "b": False, "c": False, "d": False}
    assert rows["c"].found == "absent"
    assert rows["d"].committed == "absent"


@pytest.mark.parametrize(
    ("committed", "found", "holds"),
    [
        # The interval widened by 10 % or 0.05; the new interval doesn't matter.
        (Estimate(value=0.3, low=0.2, high=0.4), Estimate(value=0.449, low=0.1, high=0.9), True),
        (Estimate(value=0.3, low=0.2, high=0.4), Estimate(value=0.451, low=0.1, high=0.9), False),
        (Estimate(value=0.3, low=0.2, high=0.4), Estimate(value=0.151, low=0.1, high=0.9), True),
        (Estimate(value=0.3, low=0.2, high=0.4), Estimate(value=0.149, low=0.1, high=0.9), False),
        (Estimate(value=30.0, low=28.0, high=32.0), Estimate(value=34.9), True),
        (Estimate(value=30.0, low=28.0, high=32.0), Estimate(value=24.9), False),
        # Without one: of the value.
        (Estimate(value=20.0), Estimate(value=21.9), True),
        (Estimate(value=20.0), Estimate(value=22.1), False),
        (Estimate(value=0.1), Estimate(value=0.149), True),
        (Estimate(value=0.1), Estimate(value=0.151), False),
        (2.5, 2.74, True),
        (2.5, 2.76, False),
        # Whole numbers and texts are equal or not.
        (100, 100, True),
        (100, 101, False),
        (["a", "b"], ["a", "b"], True),
        (["a", "b"], ["a"], False),
        (True, False, False),
        (0.5, "0.5", False),
    ],
)
def test_tolerances(committed, found, holds):
    assert compare_figure("x.y", committed, found).holds is holds


@pytest.mark.parametrize("name", ["training.epochs", "training.best_epoch"])
def test_epochs_within_eight(name):
    assert compare_figure(name, 20, 28).holds
    assert not compare_figure(name, 20, 29).holds


def test_figures_by_dotted_name_with_missing_ones_on_either_side():
    one = {"value": 1.0}
    committed = topn(peapod={"HR@5": {"value": 0.5, "low": 0.4, "high": 0.6}, "gone": one}, users=9)
    found = topn(peapod={"HR@5": {"value": 0.1, "low": 0.0, "high": 0.2}, "new": one}, users=9)
    rows = {row.name: row for row in compare_figures(committed, found, "topn")}
    own = "topn.estimates.peapod"
    assert {name for name, row in rows.items() if not row.holds} == {
        f"{own}.HR@5",
        f"{own}.gone",
        f"{own}.new",
    }
    assert rows["topn.users"].holds
    assert rows["topn.chance.HR@5"].holds
    assert rows[f"{own}.HR@5"].wanted == "0.3500 to 0.6500"
    assert rows[f"{own}.gone"].found == "absent"


def test_verdict_names_each_difference_and_the_table_marks_it():
    rows = [*compare_hashes({"a": "1", "b": "2"}, {"a": "1", "b": "9"}), compare_figure("x", 2.5, 5.0)]
    with pytest.raises(NotReproducedError) as caught:
        verdict(rows)
    assert str(caught.value).splitlines() == [
        "2 of 3 differ from HEAD",
        "  b: 9, committed 2, wanted equal bytes",
        "  x: 5, committed 2.5, wanted 2.2500 to 2.7500",
    ]
    assert [line.startswith("!!") for line in table(rows).splitlines()] == [False, False, True, True]
    assert verdict(rows[:1]) == "1 outputs and figures hold"


def test_nothing_to_compare_is_no_success():
    with pytest.raises(NotReproducedError, match="nothing to compare"):
        verdict([])


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a committed lock and metrics, and the same in the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metrics").mkdir()
    for document in (sequential(), topn(), explanation(pairs=0), TrainingMetrics.parse(TRAINING, "x")):
        document.write(tmp_path / "metrics" / document.file)
    (tmp_path / "dvc.lock").write_text(yaml.safe_dump(LOCK), encoding="utf-8")
    (tmp_path / "params.yaml").write_text("identifiers: {method: random, clusters: 4}\n", encoding="utf-8")
    commit_all(tmp_path)
    return tmp_path


def test_an_unchanged_run_holds(repository, capsys):
    main(run=False)
    assert "outputs and figures hold" in capsys.readouterr().out


def test_changed_data_and_figures_end_with_exit_code_1(repository, capsys):
    lock = yaml.safe_load((repository / "dvc.lock").read_text(encoding="utf-8"))
    lock["stages"]["preprocess"]["outs"][0]["md5"] = "ffff"
    lock["stages"]["train"]["outs"][0]["md5"] = "eeee"  # Weights may differ; their figures are compared.
    (repository / "dvc.lock").write_text(yaml.safe_dump(lock), encoding="utf-8")
    topn(candidates=120.0).write(repository / "metrics/topn.json")
    with pytest.raises(SystemExit) as caught:
        main(run=False)
    assert caught.value.code == 1
    error = capsys.readouterr().err
    assert "error: 2 of " in error
    assert "preprocess data/p: ffff, committed b2.dir" in error
    assert "topn.candidates: 120, committed 100" in error


@pytest.mark.parametrize(("clustered", "compared"), [(False, True), (True, False)])
def test_identifiers_are_compared_unless_they_cluster(repository, clustered, compared):
    lock = yaml.safe_load((repository / "dvc.lock").read_text(encoding="utf-8"))
    lock["stages"]["identifiers"] = {"outs": [{"path": "data/identifiers", "md5": "1.dir"}]}
    (repository / "dvc.lock").write_text(yaml.safe_dump(lock), encoding="utf-8")
    names = {row.name for row in compare_run(clustered)}
    assert ("identifiers data/identifiers" in names) is compared


def test_what_head_lacks_is_named(repository):
    with pytest.raises(NotReproducedError, match=r"HEAD has no metrics/other\.json"):
        committed_text("metrics/other.json")


def test_a_failing_run_ends_with_one_clear_message(repository, capsys):
    with pytest.raises(SystemExit):  # There is no .dvc here, so `dvc repro` fails.
        main()
    assert "dvc repro --force failed" in capsys.readouterr().err
