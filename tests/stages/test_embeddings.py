"""The embeddings stage: what it writes, and that nothing held out can reach it."""

import builtins
import io
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline.artifacts import list_matrix, read_table, write_table
from pipeline.tables import INTERACTIONS, ITEM_VECTORS, ITEMS, USER_VECTORS, USERS
from stages.embeddings import main
from tests.embeddings.settings import embeddings_config
from tests.params_files import repository_params, write_params_files

USERS_COUNT, ITEMS_COUNT = 24, 15
TRAINED = {"factors": 99, "epochs": 3, "learning_rate": 0.01, "batch_size": 16}
ATTENTION = {"history": 3, "dropout": 0.0, "heads": 2, "layers": 1}
RECOMMENDERS = {
    "ease": {"regularization": [1.0, 5.0, 10.0]},
    "lightgcn": {"layers": 2, "regularization": 0.01} | TRAINED,
    "sasrec": ATTENTION | TRAINED,
}
"""Settings of some recommenders that are fitted in a moment."""


def interactions(rows: list[tuple[int, int, int]], rating: float | None = 4.0) -> dict[str, list]:
    users, items, positions = (list(column) for column in zip(*rows, strict=True))
    nothing = [None] * len(rows)
    ratings = [rating] * len(rows)
    return {
        "user": users,
        "item": items,
        "position": positions,
        "rating": ratings,
        "timestamp": nothing,
        "row": list(range(len(rows))),
    }


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A preprocessed folder; the last user and the last item occur in no train interaction."""
    folder = tmp_path / "data/preprocessed"
    draw = np.random.default_rng(8)
    rows = [
        (user, int(item), position)
        for user in range(USERS_COUNT - 1)
        for position, item in enumerate(draw.choice(ITEMS_COUNT - 1, 4, replace=False))
    ]
    write_table(folder / "train.parquet", INTERACTIONS, interactions(rows))
    held_out = interactions([(user, ITEMS_COUNT - 1, 4) for user in range(USERS_COUNT)])
    write_table(folder / "validation.parquet", INTERACTIONS, held_out)
    write_table(folder / "test.parquet", INTERACTIONS, held_out)
    users = {"user": range(USERS_COUNT), "user_id": [f"u{k}" for k in range(USERS_COUNT)]}
    items = {"item": range(ITEMS_COUNT), "item_id": [f"i{k}" for k in range(ITEMS_COUNT)]}
    write_table(folder / "users.parquet", USERS, users)
    write_table(folder / "items.parquet", ITEMS, items)
    write_params(tmp_path)
    return tmp_path


def write_params(workspace: Path, **changes) -> None:
    sections = {
        "seed": 3,
        "embeddings": embeddings_config(**changes).model_dump(),
        "baselines": repository_params()["baselines"] | RECOMMENDERS,
        "other": {},
    }
    write_params_files(workspace, sections)


def run(workspace: Path, out: str = "out") -> dict[str, bytes]:
    main(workspace)
    folder = shutil.copytree(workspace / "data/embeddings", workspace / out)
    shutil.copy(workspace / "metrics/embeddings.json", folder / "metrics.json")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_tables_and_figures(workspace):
    run(workspace)
    users = read_table(workspace / "out/users.parquet", USER_VECTORS)
    items = read_table(workspace / "out/items.parquet", ITEM_VECTORS)
    assert users["user"].to_pylist() == list(range(USERS_COUNT))
    assert items["item"].to_pylist() == list(range(ITEMS_COUNT))
    assert list_matrix(users["vector"]).shape == (USERS_COUNT, 8)
    assert not list_matrix(users["vector"])[-1].any()
    assert not list_matrix(items["vector"])[-1].any()
    figures = json.loads((workspace / "out/metrics.json").read_text(encoding="utf-8"))
    assert (figures["users_without_train"], figures["items_without_train"]) == (1, 1)
    assert 0 <= figures["shared_item_chance"] <= figures["shared_item_share"] <= 1


@pytest.mark.parametrize("method", ["pmf", "bivae", *RECOMMENDERS])
def test_nothing_held_out_reaches_the_vectors(workspace, method):
    write_params(workspace, method=method)
    before = run(workspace, "before")
    assert set(before) == {"users.parquet", "items.parquet", "metrics.json"}
    (workspace / "data/preprocessed/validation.parquet").unlink()
    other = interactions([(user, 0, 4) for user in range(USERS_COUNT)])
    write_table(workspace / "data/preprocessed/test.parquet", INTERACTIONS, other)
    assert run(workspace, "changed") == before
    (workspace / "data/preprocessed/test.parquet").unlink()
    assert run(workspace, "gone") == before


def test_only_train_users_and_items_are_opened(workspace, monkeypatch):
    opened: set[str] = set()

    def spy(function):
        def wrapper(file, *args, **kwargs):
            if isinstance(file, str | os.PathLike):
                opened.add(Path(file).name)
            return function(file, *args, **kwargs)

        return wrapper

    monkeypatch.setattr(pq, "read_table", spy(pq.read_table))
    monkeypatch.setattr(pq, "read_schema", spy(pq.read_schema))
    monkeypatch.setattr(pq, "ParquetFile", spy(pq.ParquetFile))
    monkeypatch.setattr(builtins, "open", spy(builtins.open))
    monkeypatch.setattr(io, "open", spy(io.open))
    run(workspace)
    preprocessed = {path.name for path in (workspace / "data/preprocessed").iterdir()}
    assert opened & preprocessed == {"train.parquet", "users.parquet", "items.parquet"}
    assert "params.yaml" in opened


def test_missing_ratings_end_with_one_clear_message(workspace, capsys):
    write_params(workspace, pmf={"feedback": "ratings"})
    rows = interactions([(0, 0, 0), (1, 0, 0)], rating=None)
    write_table(workspace / "data/preprocessed/train.parquet", INTERACTIONS, rows)
    with pytest.raises(SystemExit) as caught:
        run(workspace)
    assert caught.value.code == 1
    assert "feedback is ratings, but 2 of 2" in capsys.readouterr().err
    assert not (workspace / "data/embeddings").exists()


def test_unknown_key_is_refused(workspace, capsys):
    text = (workspace / "params.yaml").read_text(encoding="utf-8").replace("epochs:", "epoch:")
    (workspace / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        run(workspace)
    error = capsys.readouterr().err
    assert "embeddings.epoch: unknown key" in error
    assert "is embeddings.epochs meant?, line " in error


@pytest.mark.parametrize("method", RECOMMENDERS)
def test_a_recommender_s_vectors(workspace, method):
    write_params(workspace, method=method)
    run(workspace)
    users = list_matrix(read_table(workspace / "out/users.parquet", USER_VECTORS)["vector"])
    items = list_matrix(read_table(workspace / "out/items.parquet", ITEM_VECTORS)["vector"])
    assert (users.shape, items.shape) == ((USERS_COUNT, 8), (ITEMS_COUNT, 8))
    assert users[:-1].any(axis=1).all()
    assert not users[-1].any()
    assert not items[-1].any()
    figures = json.loads((workspace / "out/metrics.json").read_text(encoding="utf-8"))
    assert (figures["method"], figures["dimensions"], figures["users_without_train"]) == (method, 8, 1)
    assert figures["settings"].get("factors", 8) == 8
    assert 0 <= figures["shared_item_chance"] <= figures["shared_item_share"] <= 1


def test_of_a_search_list_the_middle_value_is_taken(workspace):
    write_params(workspace, method="ease")
    run(workspace)
    figures = json.loads((workspace / "out/metrics.json").read_text(encoding="utf-8"))
    assert figures["settings"] == {"regularization": 5.0}


@pytest.mark.parametrize("method", ["svd", "most_popular", "fdsa"])
def test_an_unknown_method_is_told_with_all_that_there_are(workspace, capsys, method):
    text = (workspace / "params.yaml").read_text(encoding="utf-8").replace("method: pmf", f"method: {method}")
    (workspace / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        run(workspace)
    error = capsys.readouterr().err
    assert f"found '{method}'" in error
    for name in ("pmf", "bivae", "bpr", "ease", "lightgcn", "sasrec", "cooccurrence"):
        assert f" {name}" in error
    assert "most_popular," not in error
