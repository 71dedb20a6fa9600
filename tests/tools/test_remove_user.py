"""The command that removes a user: the list, what it says, and what preprocess makes of it."""

import json

import pytest

from pipeline import tables
from pipeline.artifacts import read_json, read_table
from pipeline.data.removal import read_removed, removal_mark
from stages.preprocess import main as preprocess
from tools.remove_user import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Five users with four reviews each; DVC only writes down what it is asked."""
    line = {"overall": 4.0, "reviewText": "fine", "reviewerName": "Zoe"}
    lines = [
        {**line, "reviewerID": f"U{user}", "asin": f"I{(user + step) % 6}", "unixReviewTime": 10**9 + step}
        for user in range(5)
        for step in range(4)
    ]
    (tmp_path / "raw.json").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "removed.txt").write_text("# nobody yet\n")
    # What `dataset` names where it says nothing else.
    (tmp_path / "data").mkdir()
    for empty in ("no_order.txt", "no_metadata.json"):
        (tmp_path / "data" / empty).touch()
    dataset = {"raw": "raw.json", "format": "auto", "core": 0, "duplicates": "last", "negatives": 1}
    dataset |= {"bad_records": "stop", "removed_users": "removed.txt"}
    (tmp_path / "params.yaml").write_text(json.dumps({"seed": 1, "dataset": dataset}))
    monkeypatch.chdir(tmp_path)
    asked = []
    monkeypatch.setattr("tools.remove_user.run_dvc", lambda *words: asked.append(words) or 0)
    yield tmp_path
    assert asked in ([], [("repro", "--dry", "--force", "--downstream", "preprocess")])


def users(folder):
    return read_table(folder / "data/preprocessed/users.parquet", tables.USERS)["user_id"].to_pylist()


def test_a_removed_user_is_in_no_table_and_accounted_for(folder, capsys):
    main("U3")
    said = capsys.readouterr().out
    assert said.startswith("4 records of this user in raw.json; removed.txt now names the user by a mark.")
    assert "dvc gc --workspace" in said
    assert read_removed(folder / "removed.txt") == {removal_mark("U3")}
    preprocess()
    assert users(folder) == ["U0", "U1", "U2", "U4"]
    records = read_json(folder / "metrics/dataset.json")["records"]
    assert records == {"read": 20, "kept": 16, "removed": 4, "filtered": 0, "duplicates": 0, "quarantined": 0}
    rows = read_table(folder / "data/preprocessed/reviews.parquet", tables.REVIEWS)["row"].to_pylist()
    assert not set(rows) & {13, 14, 15, 16}


def test_who_was_removed_before_stays_removed(folder):
    (folder / "removed.txt").write_text(removal_mark("U0") + "\n")
    main("U1")
    preprocess()
    assert users(folder) == ["U2", "U3", "U4"]


def test_an_unknown_user_changes_nothing(folder, capsys):
    with pytest.raises(SystemExit):
        main("u3")
    assert "raw.json: no record of user 'u3', wanted a raw id; nothing was changed" in capsys.readouterr().err
    assert (folder / "removed.txt").read_text() == "# nobody yet\n"


def test_without_a_list_it_says_so(folder, capsys):
    document = json.loads((folder / "params.yaml").read_text())
    del document["dataset"]["removed_users"]
    (folder / "params.yaml").write_text(json.dumps(document))
    with pytest.raises(SystemExit):
        main("U3")
    assert "data/removed_users.txt: no such file, or not text" in capsys.readouterr().err


def test_a_p5_folder_too(folder):
    p5 = folder / "p5"
    p5.mkdir()
    ids = {
        "id2user": {"1": "A", "2": "B", "3": "C"},
        "id2item": {str(number): f"I{number}" for number in range(1, 7)},
    }
    (p5 / "datamaps.json").write_text(json.dumps(ids))
    (p5 / "sequential_data.txt").write_text("1 1 2 3 4\n2 2 3 4 5\n3 6 1 2\n")
    explanation = {"user": "1", "item": "2", "explanation": "a fine one", "feature": "one"}
    other = {"user": "2", "item": "2", "explanation": "good", "feature": "one"}
    (p5 / "explanation.json").write_text(json.dumps({"train": [explanation, other], "val": [], "test": []}))
    document = json.loads((folder / "params.yaml").read_text())
    document["dataset"]["raw"] = "p5"
    (folder / "params.yaml").write_text(json.dumps(document))
    main("A")
    preprocess()
    assert users(folder) == ["B", "C"]
    given = read_table(folder / "data/preprocessed/p5_explanations.parquet", tables.EXPLANATIONS)
    assert given["explanation"].to_pylist() == ["good"]


def test_a_table_too(folder):
    rows = [f"{user},{item}" for user in "ABC" for item in "wxyz"[: 3 + (user == "A")]]
    rows += [f"D,{item}" for item in "pqr"]
    (folder / "own.csv").write_text("\n".join(["customer,product", *rows]))
    document = json.loads((folder / "params.yaml").read_text())
    document["dataset"] |= {"raw": "own.csv", "table": {"user": "customer"}}
    (folder / "params.yaml").write_text(json.dumps(document))
    main("A")
    preprocess()
    assert users(folder) == ["B", "C", "D"]
    assert read_json(folder / "metrics/dataset.json")["records"]["removed"] == 4
