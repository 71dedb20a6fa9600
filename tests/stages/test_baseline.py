import json

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from pipeline.artifacts import list_matrix, read_table, write_table
from pipeline.data.next_items import read_choices
from pipeline.tables import (
    ATTRIBUTES,
    CANDIDATES,
    CHOICES,
    CHOSEN,
    INTERACTIONS,
    ITEM_TEXTS,
    ITEM_VECTORS,
    RECOMMENDATIONS,
)
from pipeline.tables import ITEMS as ITEMS_TABLE
from stages.baseline import main
from stages.choices import main as draw_choices
from tests.contracts.test_loaded import write_released
from tests.evaluation.workspace import HISTORIES, ITEMS, PARAMS, write_workspace
from tests.params_files import read_params_files, repository_params, write_params_files


@pytest.fixture
def workspace(tmp_path):
    write_workspace(tmp_path)
    write_params_files(tmp_path, {"baselines": repository_params()["baselines"]})
    return tmp_path


def lists(root, task):
    table = read_table(root / f"predictions/most_popular/{task}.parquet", RECOMMENDATIONS)
    rows = [(row["user"], row["rank"], row["item"]) for row in table.to_pylist()]
    assert rows == sorted(rows)
    return {user: [item for owner, _, item in rows if owner == user] for user in range(len(HISTORIES))}


def test_sequential_is_by_train_counts_without_the_history(workspace):
    main("most_popular", top=3, root=workspace)
    train = [item for history in HISTORIES for item in history[:3]]
    popularity = [train.count(item) for item in range(ITEMS)]
    for user, items in lists(workspace, "sequential").items():
        open_items = [item for item in range(ITEMS) if item not in HISTORIES[user][:4]]
        best = sorted((popularity[item] for item in open_items), reverse=True)[:3]
        assert [popularity[item] for item in items] == best
        assert set(items) <= set(open_items)


def test_topn_keeps_to_the_candidates(workspace):
    main("most_popular", top=3, root=workspace)
    for user, items in lists(workspace, "topn").items():
        pool = {item for item in range(ITEMS) if item not in HISTORIES[user]} | {HISTORIES[user][-1]}
        assert set(items) <= pool
        assert len(items) == 3


def test_the_record_tells_what_was_tried(workspace):
    main("ease", top=3, root=workspace)
    record = json.loads((workspace / "metrics/baselines/ease.json").read_text())
    tried = [trial["settings"]["regularization"] for trial in record["tried"]]
    assert tried == [1.0, 10.0, 30.0, 100.0, 300.0, 1000.0]
    best = max(record["tried"], key=lambda trial: trial["NDCG@10"])
    assert record["validation"] == best


@pytest.mark.parametrize("name", ["fdsa", "s3rec"])
def test_without_metadata_there_is_one_message_and_no_file(workspace, capsys, name):
    columns = {"item": [3], "attribute": ["brand: one item's alone"]}
    write_table(workspace / "data/preprocessed/attributes.parquet", ATTRIBUTES, columns)
    with pytest.raises(SystemExit):
        main(name, root=workspace)
    assert "needs item metadata, and no attribute is known of two items: name the metadata" in (
        capsys.readouterr().err
    )
    assert not (workspace / f"predictions/{name}").exists()


def test_without_item_texts_there_is_one_message_and_no_file(workspace, capsys):
    told = {"item": [3], "title": ["one item's alone"], "categories": [[]], "brand": [None]}
    write_table(workspace / "data/preprocessed/item_texts.parquet", ITEM_TEXTS, told)
    with pytest.raises(SystemExit):
        main("cooccurrence_text", root=workspace)
    assert (
        "cooccurrence_text needs item metadata, and no two items have a word in common"
        in capsys.readouterr().err
    )
    assert not (workspace / "predictions/cooccurrence_text").exists()


@pytest.mark.parametrize("name", ["cooccurrence", "cooccurrence_text"])
def test_every_weight_is_searched_within_the_budget(workspace, name):
    main(name, top=3, root=workspace)
    record = json.loads((workspace / f"metrics/baselines/{name}.json").read_text())
    tried = [trial["settings"] for trial in record["tried"]]
    assert len(tried) == len({str(settings) for settings in tried}) == 6
    for weight in tried[0]:
        assert len({settings[weight] for settings in tried}) > 1, weight


def test_with_metadata_it_runs(workspace):
    document = read_params_files(workspace)
    document["baselines"]["fdsa"] |= {"epochs": 1, "dropout": 0.2, "factors": 4}
    write_params_files(workspace, document)
    main("fdsa", top=3, root=workspace)
    assert len(read_table(workspace / "predictions/fdsa/topn.parquet", RECOMMENDATIONS)) == 3 * len(HISTORIES)


def test_command_line(workspace):
    app = Typer()
    app.command()(main)
    assert CliRunner().invoke(app, ["most_popular", "--root", str(workspace)]).exit_code == 0
    assert CliRunner().invoke(app, ["most_popular", "--top", "0"]).exit_code == 2


def test_an_unknown_name_tells_those_there_are(workspace, capsys):
    with pytest.raises(SystemExit):
        main("unheard_of", root=workspace)
    assert "no baseline 'unheard_of'; there are bert4rec, bivaecf, bpr" in capsys.readouterr().err


def with_choices(root, released="none.npz"):
    """Store two draws of candidates, and settings of baselines that train in a moment."""
    baselines = repository_params()["baselines"]
    baselines["dros_gru4rec"] |= {"factors": 4, "steps": 3}
    changed = {
        "choices": {"candidates": 3, "redraws": 2},
        "embeddings": {"released": {"path": released}},
        "baselines": baselines,
    }
    write_params_files(root, PARAMS | changed)
    draw_choices(root)
    return read_choices(read_table(root / "data/choices/choices.parquet", CHOICES))["test"]


def chosen(root, name):
    return read_table(root / f"predictions/{name}/choice.parquet", CHOSEN)


def test_popularity_chooses_what_train_shows_most(workspace):
    examples, sets = with_choices(workspace)
    main("most_popular", root=workspace)
    found = chosen(workspace, "most_popular")
    assert found["draw"].to_pylist() == [0] * len(HISTORIES) + [1] * len(HISTORIES)
    assert found["user"].to_pylist() == examples.users.tolist() * 2
    assert found["text"].null_count == len(found)
    train = [item for history in HISTORIES for item in history[:3]]
    wanted = [max(drawn, key=train.count) for draw in sets.tolist() for drawn in draw]
    assert found["item"].to_pylist() == wanted
    # No table of items.
    assert not (workspace / "predictions/most_popular/items.parquet").exists()


def test_without_candidates_nothing_is_chosen(workspace):
    main("most_popular", root=workspace)
    assert not (workspace / "predictions/most_popular/choice.parquet").exists()


def test_a_recommender_of_dros_hands_over_its_table_of_items(workspace):
    with_choices(workspace)
    main("dros_gru4rec", root=workspace)
    table = read_table(workspace / "predictions/dros_gru4rec/items.parquet", ITEM_VECTORS)
    assert table["item"].to_pylist() == list(range(ITEMS))
    assert list_matrix(table["vector"]).shape == (ITEMS, 4)
    assert len(chosen(workspace, "dros_gru4rec")) == 2 * len(HISTORIES)


def test_a_released_recommender_is_read_by_raw_ids(workspace):
    write_released(workspace)
    path = workspace / "data/released.npz"
    with_choices(workspace, released=str(path))
    main("released", root=workspace)
    known = np.load(path)["item_embeddings.weight"][:-1]
    table = read_table(workspace / "predictions/released/items.parquet", ITEM_VECTORS)
    np.testing.assert_array_equal(list_matrix(table["vector"]), known)
    lists = read_table(workspace / "predictions/released/topn.parquet", RECOMMENDATIONS)
    # The same items under other indices: item 8 is item 0 now, and so on.
    folder = workspace / "data/preprocessed"
    items = read_table(folder / "items.parquet", ITEMS_TABLE).to_pydict()
    write_table(folder / "items.parquet", ITEMS_TABLE, items | {"item_id": items["item_id"][::-1]})
    for name in ("train", "validation", "test"):
        columns = read_table(folder / f"{name}.parquet", INTERACTIONS).to_pydict()
        columns["item"] = [ITEMS - 1 - item for item in columns["item"]]
        write_table(folder / f"{name}.parquet", INTERACTIONS, columns)
    columns = read_table(folder / "candidates.parquet", CANDIDATES).to_pydict()
    columns["negatives"] = [[ITEMS - 1 - item for item in row] for row in columns["negatives"]]
    write_table(folder / "candidates.parquet", CANDIDATES, columns)
    main("released", root=workspace)
    table = read_table(workspace / "predictions/released/items.parquet", ITEM_VECTORS)
    np.testing.assert_array_equal(list_matrix(table["vector"]), known[::-1])
    again = read_table(workspace / "predictions/released/topn.parquet", RECOMMENDATIONS)
    np.testing.assert_allclose(again["score"].to_numpy(), lists["score"].to_numpy(), rtol=1e-5)


def test_without_a_released_file_there_is_one_message_and_no_output(workspace, capsys):
    with pytest.raises(SystemExit):
        main("released", root=workspace)
    wanted = "the file that embeddings.released.path names, and data/no_recommender.txt holds nothing"
    assert wanted in capsys.readouterr().err
    assert not (workspace / "predictions/released").exists()
