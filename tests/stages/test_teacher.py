import numpy as np
import pytest

from pipeline.artifacts import list_matrix, read_json, read_table
from pipeline.tables import TEACHER
from stages.teacher import main
from tests.evaluation.workspace import HISTORIES, write_workspace
from tests.params_files import repository_params, write_params_files


def targets(root, **teacher):
    """What the stage wrote for a teacher with these settings."""
    document = repository_params()
    document["teacher"] |= teacher
    write_params_files(root, document)
    main(root)
    return read_table(root / "data/teacher/teacher.parquet", TEACHER)["targets"]


def test_without_a_teacher_there_are_no_targets(tmp_path):
    write_workspace(tmp_path)
    assert len(targets(tmp_path)) == 0
    assert read_json(tmp_path / "metrics/teacher.json") == {"name": "none"}


def test_each_prefix_of_train_has_targets_that_it_lacks(tmp_path):
    write_workspace(tmp_path)
    found = list_matrix(targets(tmp_path, method="item_knn", draws=30))
    trained = [history[:-2] for history in HISTORIES]
    prefixes = [items[:end] for items in trained for end in range(1, len(items))]
    assert found.shape == (len(prefixes), 30)
    for row, prefix in zip(found.tolist(), prefixes, strict=True):
        assert not {*row} & {*prefix}
    record = read_json(tmp_path / "metrics/teacher.json")
    assert record["name"] == "item_knn"
    assert record["validation"] in record["tried"]


def test_the_same_seed_gives_the_same_and_sharper_ones_are_fewer(tmp_path):
    write_workspace(tmp_path)
    found, again, sharp = (
        list_matrix(targets(tmp_path, method="item_knn", draws=30, sharpness=sharpness))
        for sharpness in (1.0, 1.0, 8.0)
    )
    assert np.array_equal(found, again)
    different = [sum(len(set(row)) for row in some.tolist()) for some in (found, sharp)]
    assert different[1] < different[0]


def test_an_unknown_teacher_is_told_who_there_is(tmp_path, capsys):
    write_workspace(tmp_path)
    with pytest.raises(SystemExit):
        targets(tmp_path, method="peapod")
    assert "teacher.method" in capsys.readouterr().err
