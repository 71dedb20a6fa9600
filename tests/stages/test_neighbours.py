"""The neighbours stage, run elsewhere."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import list_matrix, read_json, read_table, write_table
from pipeline.tables import NEIGHBOURS, USER_VECTORS
from stages.neighbours import main


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    vectors = np.array([[1, 0], [2, 1], [0, 1], [0, 0]], dtype=np.float32)
    columns = {"user": range(4), "vector": vectors}
    write_table(tmp_path / "data/embeddings/users.parquet", USER_VECTORS, columns)
    return tmp_path


def run(workspace: Path, count: int, method: str = "exact") -> None:
    text = f"neighbours: {{count: {count}, method: {method}, block: 3, probes: 2}}\nseed: 1\n"
    (workspace / "params.yaml").write_text(text, encoding="utf-8")
    main(workspace)


def test_table(workspace):
    run(workspace, count=2)
    table = read_table(workspace / "data/neighbours/neighbours.parquet", NEIGHBOURS)
    assert table["user"].to_pylist() == [0, 1, 2, 3]
    assert table["neighbours"].to_pylist() == [[1, 2], [0, 2], [1, 0], [0, 1]]
    np.testing.assert_allclose(list_matrix(table["cosines"])[0], [2 / 5**0.5, 0.0], rtol=1e-6)
    # Cosines 2 / sqrt 5, 1 / sqrt 5 and 0: (2 + 2 + 1 + 1) / sqrt 5 over eight neighbours.
    mean = round(6 / 5**0.5 / 8, 6)
    figures = {"method": "exact", "users": 4, "count": 2, "cosine_mean": mean}
    assert read_json(workspace / "metrics/neighbours.json") == figures


def test_an_approximate_search_says_its_recall(workspace):
    run(workspace, count=2, method="approximate")
    figures = read_json(workspace / "metrics/neighbours.json")
    assert (figures["probes"], figures["recall"], figures["recall_users"]) == (2, 1.0, 4)


def test_too_many_neighbours_end_with_one_clear_message(workspace, capsys):
    with pytest.raises(SystemExit) as caught:
        run(workspace, count=4)
    assert caught.value.code == 1
    assert "4 neighbours asked for, but 4 users have 3 others" in capsys.readouterr().err
    assert not (workspace / "data/neighbours").exists()
