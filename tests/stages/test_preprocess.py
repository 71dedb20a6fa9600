import gzip
import json
import pickle

import pytest

from pipeline import tables
from pipeline.artifacts import list_matrix, read_json, read_table
from pipeline.data.config import SampleConfig
from pipeline.data.pseudonyms import KEY_VARIABLE, user_namer
from pipeline.data.sample import sample_file
from pipeline.randomness import generator
from stages.preprocess import main
from tests.real_data import real_data
from tools.closure import ROOT

SCHEMAS = {
    "users": tables.USERS,
    "items": tables.ITEMS,
    "reviews": tables.REVIEWS,
    "train": tables.INTERACTIONS,
    "validation": tables.INTERACTIONS,
    "test": tables.INTERACTIONS,
    "candidates": tables.CANDIDATES,
    "p5_explanations": tables.EXPLANATIONS,
    "attributes": tables.ATTRIBUTES,
    "item_texts": tables.ITEM_TEXTS,
}
DATASET = {"format": "auto", "core": 5, "duplicates": "last", "negatives": 9, "bad_records": "stop"}
LINES = gzip.decompress(
    sample_file(SampleConfig(users=40, items=40, reviews=300), generator(1, "sample"))
).splitlines()


def run(folder, raw, **changes):
    params = {"seed": 42, "dataset": {"raw": str(raw), **DATASET, **changes}}
    (folder / "params.yaml").write_text(json.dumps(params))
    main(folder)
    made = folder / "data/preprocessed"
    read = {table: read_table(made / f"{table}.parquet", schema) for table, schema in SCHEMAS.items()}
    return read, read_json(folder / "metrics/dataset.json")


def raw_file(folder, lines=LINES):
    path = folder / "raw.json"
    path.write_bytes(b"\n".join(lines))
    return path


def test_the_sample_is_kept_whole(tmp_path):
    read, metrics = run(tmp_path, raw_file(tmp_path))
    nothing = dict.fromkeys(("filtered", "quarantined", "duplicates", "removed"), 0)
    assert metrics["records"] == {"read": 300, "kept": 300, **nothing}
    assert metrics["table_2"] == {"users": 40, "items": 40, "reviews": 300, "density_percent": 18.75}
    assert read["reviews"].num_rows == 300
    assert read["test"].num_rows == read["validation"].num_rows == 40
    assert read["train"].num_rows == 220
    assert list_matrix(read["candidates"]["negatives"]).shape == (40, 9)
    assert read["p5_explanations"].num_rows == 0
    assert (tmp_path / "data/preprocessed/quarantine.jsonl").read_bytes() == b""


def test_ids_ascend_and_rows_lead_back_to_the_source(tmp_path):
    read, _ = run(tmp_path, raw_file(tmp_path))
    user_ids, item_ids = read["users"]["user_id"].to_pylist(), read["items"]["item_id"].to_pylist()
    assert user_ids == sorted(user_ids)
    assert item_ids == sorted(item_ids)
    for review in read["reviews"].to_pylist():
        line = json.loads(LINES[review["row"] - 1])
        assert user_ids[review["user"]] == line["reviewerID"]
        assert item_ids[review["item"]] == line["asin"]
        assert review["text"] == (line["reviewText"] or None)
        assert review["timestamp"] == line["unixReviewTime"]


def test_the_same_run_gives_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        run(tmp_path / name, raw_file(tmp_path))
    for file in sorted((tmp_path / "one/data/preprocessed").iterdir()):
        assert file.read_bytes() == (tmp_path / "other/data/preprocessed" / file.name).read_bytes(), file.name


def test_metadata_becomes_attributes_of_the_kept_items(tmp_path):
    item = {"asin": "SYN-I-0001", "title": "A top", "categories": [["Toys"]]}
    meta = [item, {"asin": "OTHER", "brand": "X"}, {"brand": 7}]
    (tmp_path / "meta.json").write_text("\n".join(map(json.dumps, meta)))
    changes = {"metadata": str(tmp_path / "meta.json"), "bad_records": "quarantine"}
    read, metrics = run(tmp_path, raw_file(tmp_path), **changes)
    code = read["items"]["item_id"].to_pylist().index("SYN-I-0001")
    assert read["attributes"].to_pylist() == [{"item": code, "attribute": "category: Toys"}]
    told = {"title": "A top", "categories": ["Toys"], "brand": None}
    assert read["item_texts"].to_pylist() == [{"item": code} | told]
    assert metrics["metadata"] == {
        **{"read": 3, "quarantined": 1, "quarantined_by_reason": {"asin: no id": 1}},
        **{"items_described": 1, "attributes": 1},
        **{"repeated": 0, "without_attributes": 0, "of_other_items": 1},
    }
    assert metrics["quarantined_by_reason"] == {}


def test_without_metadata_no_item_is_described(tmp_path):
    read, metrics = run(tmp_path, raw_file(tmp_path), metadata=str(ROOT / "data/no_metadata.json"))
    assert read["attributes"].num_rows == read["item_texts"].num_rows == 0
    assert metrics["metadata"]["read"] == metrics["metadata"]["items_described"] == 0


BAD = [b"broken", b'{"reviewerID": "A"}', json.dumps({**json.loads(LINES[0]), "overall": 9}).encode()]


def test_every_record_of_a_dirty_file_is_accounted_for(tmp_path):
    repeated = LINES[5]
    lone = json.dumps({**json.loads(LINES[0]), "reviewerID": "LONE"}).encode()
    lines = [BAD[0], *LINES, b"", BAD[1], repeated, lone, BAD[2]]
    read, metrics = run(tmp_path, raw_file(tmp_path, lines), bad_records="quarantine")
    # 306 lines, one of them blank.
    parts = {"kept": 300, "filtered": 1, "quarantined": 3, "duplicates": 1, "removed": 0}
    assert metrics["records"] == {"read": 305, **parts}
    assert metrics["quarantined_by_reason"] == {
        "line: malformed": 1,
        "asin: missing": 1,
        "overall: out of range": 1,
    }
    lines = (tmp_path / "data/preprocessed/quarantine.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["line"] for entry in entries] == [1, 303, 306]
    assert [entry.get("found") for entry in entries] == [None, "['reviewerID']", "9"]
    assert read["reviews"]["row"].to_pylist()[0] == 2


@pytest.mark.parametrize(
    ("lines", "changes", "message"),
    [
        (
            [*LINES, BAD[2]],
            {},
            "raw.json, line 301: overall: out of range: found 9, wanted a number",
        ),
        (LINES, {"core": 50}, "none of 300 interactions is left after the 50-core"),
        (LINES, {"negatives": 39}, "dataset.negatives is 39: set dataset.negatives to at most"),
        (LINES, {"format": "amazon2023"}, "the first record is amazon2014"),
        ([LINES[0][:-30]], {"bad_records": "quarantine"}, "not a file that PeaPOD knows"),
        (
            [json.dumps({**json.loads(LINES[0]), "overall": 9}).encode()],
            {"bad_records": "quarantine"},
            "of its first 1 records 1 have overall: out of range: found 9",
        ),
    ],
)
def test_a_fault_ends_with_one_message(tmp_path, capsys, lines, changes, message):
    with pytest.raises(SystemExit) as caught:
        run(tmp_path, raw_file(tmp_path, lines), **changes)
    assert caught.value.code == 1
    assert message in capsys.readouterr().err


EXPLANATIONS = {
    "train": [{"user": "1", "item": "3", "explanation": "good tone", "feature": "tone"}],
    "val": [],
    "test": [{"user": "2", "item": "1", "explanation": "bad lid", "feature": "lid"}],
}


def p5_folder(folder, **files):
    maps = {
        "id2user": {"1": "U9", "2": "U8", "3": "U7"},
        "id2item": {str(number): f"I{99 - number}" for number in range(1, 9)},
    }
    (folder / "datamaps.json").write_text(json.dumps(maps))
    (folder / "sequential_data.txt").write_text("1 3 1 2 4\n2 1 5 2 6\n3 7 8 5 6\n")
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


def test_a_p5_folder_with_everything(tmp_path):
    negatives = b"3 1 2\n1 6 7\n2 8 7\n"
    folder = p5_folder(tmp_path, exp_splits__pkl=pickle.dumps(EXPLANATIONS), negative_samples__txt=negatives)
    read, metrics = run(tmp_path, folder, core=0, negatives=2)
    assert metrics["format"] == "p5"
    assert metrics["explanations_given"] == 2
    assert metrics["order_audit"]["ties_without_times"] is True
    assert read["reviews"].num_rows == 0
    assert read["train"]["timestamp"].null_count == read["train"].num_rows == 6
    items = read["items"]["item_id"].to_pylist()
    # User U9 is the last by raw id; their test item is 4, their negatives 6 and 7.
    assert [items[item] for item in read["test"]["item"].to_pylist()] == ["I93", "I93", "I95"]
    assert [items[item] for item in read["candidates"]["negatives"].to_pylist()[2]] == ["I93", "I92"]
    assert read["p5_explanations"]["explanation"].to_pylist() == ["bad lid", "good tone"]
    assert read["p5_explanations"]["split"].to_pylist() == ["test", "train"]
    assert read["p5_explanations"]["rating"].null_count == 2


def test_a_p5_folder_of_the_least(tmp_path):
    read, metrics = run(tmp_path, p5_folder(tmp_path), core=0, negatives=4)
    assert list_matrix(read["candidates"]["negatives"]).shape == (3, 4)
    assert read["p5_explanations"].num_rows == 0
    assert metrics["explanations_given"] == 0


def test_pseudonyms_change_names_and_order_of_users_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "k" * 40)
    plain, _ = run(tmp_path, raw_file(tmp_path))
    hidden, metrics = run(tmp_path, raw_file(tmp_path), pseudonymize=True)
    named = user_namer(True, {KEY_VARIABLE: "k" * 40})
    raw_ids, pseudonyms = (read["users"]["user_id"].to_pylist() for read in (plain, hidden))
    # In an order of their own: that of the raw ids would tell something of them.
    assert pseudonyms == sorted(map(named, raw_ids))
    code = {user: pseudonyms.index(named(raw_id)) for user, raw_id in enumerate(raw_ids)}
    for table in ("reviews", "train", "validation", "test"):
        renamed = [{**row, "user": code[row["user"]]} for row in plain[table].to_pylist()]
        assert sorted(renamed, key=lambda row: row["row"]) == sorted(
            hidden[table].to_pylist(), key=lambda row: row["row"]
        )
    assert hidden["items"] == plain["items"]
    assert metrics["records"]["kept"] == 300


def test_pseudonyms_without_a_key_end_with_one_message(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(SystemExit):
        run(tmp_path, raw_file(tmp_path), pseudonymize=True)
    assert "PEAPOD_PSEUDONYM_KEY isn't set" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_p5_folder_with_pseudonyms(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "k" * 40)
    negatives = b"3 1 2\n1 6 7\n2 8 7\n"
    folder = p5_folder(tmp_path, exp_splits__pkl=pickle.dumps(EXPLANATIONS), negative_samples__txt=negatives)
    read, metrics = run(tmp_path, folder, core=0, negatives=2, pseudonymize=True)
    named = user_namer(True, {KEY_VARIABLE: "k" * 40})
    users, items = read["users"]["user_id"].to_pylist(), read["items"]["item_id"].to_pylist()
    assert users == sorted(named(user) for user in ("U7", "U8", "U9"))
    drawn = dict(zip(users, read["candidates"]["negatives"].to_pylist(), strict=True))
    assert [items[item] for item in drawn[named("U9")]] == ["I93", "I92"]
    assert metrics["explanations_kept"] == 2


def table_lines(columns="user_id,item_id"):
    pairs = [(user, (user * 3 + step) % 11) for user in range(8) for step in range(5)]
    cells = [[f"U{user}", f"I{item}", str(1 + (user + item) % 5), str(10**9 + item)] for user, item in pairs]
    names = columns.split(",")
    return "\n".join([columns, *(",".join(row[: len(names)]) for row in cells)])


def test_a_table_of_the_least(tmp_path):
    (tmp_path / "a.csv").write_text(table_lines())
    read, metrics = run(tmp_path, tmp_path / "a.csv", core=0, negatives=3)
    assert metrics["format"] == "table (CSV)"
    assert metrics["columns"] == {"user": "user_id", "item": "item_id"}
    assert metrics["records"]["read"] == metrics["records"]["kept"] == 40
    assert metrics["text"]["empty"] == metrics["text"]["reviews"] == 40
    for name in ("reviews", "train", "validation", "test"):
        assert read[name]["rating"].null_count == read[name]["timestamp"].null_count == read[name].num_rows
    assert read["train"]["position"].to_pylist() == [0, 1, 2] * 8


def test_a_table_with_everything_accounts_for_every_row(tmp_path):
    lines = table_lines("user_id,item_id,rating,timestamp").split("\n")
    lines += [lines[1], "U1,I9,4", "LONE,I1,3,1000000000", "U1,I9,seven,1000000000"]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    read, metrics = run(tmp_path, tmp_path / "a.csv", core=2, negatives=3, bad_records="quarantine")
    parts = {"kept": 40, "filtered": 1, "duplicates": 1, "quarantined": 2, "removed": 0}
    assert metrics["records"] == {"read": 44, **parts}
    assert metrics["quarantined_by_reason"] == {"line: wrong number of cells": 1, "rating: wrong type": 1}
    assert read["test"]["rating"].null_count == 0


def test_random_ties_are_the_same_for_one_seed_and_change_test_items_alone(tmp_path):
    rows = [f"U{user},I{item},1000000000" for user in range(9) for item in range(5)]
    rows += [f"U9,I{item},1000000000" for item in range(5, 10)]
    (tmp_path / "a.csv").write_text("\n".join(["user_id,item_id,timestamp", *rows]))
    by_file, metrics = run(tmp_path, tmp_path / "a.csv", core=0, negatives=1)
    assert metrics["order_audit"]["test_items_decided_by_ties"] == 1.0
    assert set(by_file["test"]["item"].to_pylist()) == {4, 9}
    random, other = (
        run(tmp_path, tmp_path / "a.csv", core=0, negatives=1, ties="random")[0] for _ in range(2)
    )
    assert len(set(random["test"]["item"].to_pylist())) > 2
    assert random["test"] == other["test"]
    assert random["reviews"] == by_file["reviews"]


def test_llara_splits_users_and_keeps_every_item(tmp_path):
    """Its own files, and beside them the raw ratings that they were made of."""
    raw = real_data("llara/movielens")
    changes = {"raw": raw, "split": "users", "core": 0, "duplicates": "all", "negatives": 19}
    (tmp_path / "given").mkdir()
    given, metrics = run(tmp_path / "given", format="llara", **changes)
    found, _ = run(tmp_path, lowest_rating=3.0, metadata=str(raw / "u.item.gz"), **changes)
    assert metrics["table_2"]["items"] == given["item_texts"].num_rows == 1682
    for read in (given, found):
        users = [len(read[split]["user"].unique()) for split in ("train", "validation", "test")]
        assert users == [754, 94, 95]
    assert given["train"].num_rows == found["train"].num_rows == 68_389
    whole = sum(found[split].num_rows for split in ("train", "validation", "test"))
    assert whole == 82_520
    title = dict(
        zip(given["items"]["item_id"].to_pylist(), given["item_texts"]["title"].to_pylist(), strict=True)
    )
    assert title["0"] == "Toy Story (1995)"
