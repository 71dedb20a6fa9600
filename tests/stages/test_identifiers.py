import json

import numpy as np
import pytest

from pipeline import tables
from pipeline.artifacts import read_json, read_table, write_table
from pipeline.data.config import SampleConfig
from pipeline.data.sample import sample_file
from pipeline.randomness import generator
from stages.identifiers import main
from stages.preprocess import main as preprocess

VECTORS = "data/embeddings/items.parquet"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("identifiers")
    raw = folder / "raw.json.gz"
    raw.write_bytes(sample_file(SampleConfig(users=40, items=40, reviews=300), generator(1, "sample")))
    dataset = {"raw": str(raw), "format": "auto", "core": 5, "duplicates": "last"}
    params = {"seed": 42, "dataset": {**dataset, "negatives": 9, "bad_records": "stop"}}
    (folder / "params.yaml").write_text(json.dumps(params))
    preprocess(folder)
    return folder


def run(folder, method, **changes):
    params = {"seed": 1, "identifiers": {"method": method, "clusters": 4, **changes}}
    (folder / "params.yaml").write_text(json.dumps(params))
    main(folder)
    return (
        read_table(folder / "data/identifiers/users.parquet", tables.USER_IDENTIFIERS),
        read_table(folder / "data/identifiers/items.parquet", tables.ITEM_IDENTIFIERS),
        read_json(folder / "metrics/identifiers.json"),
    )


@pytest.mark.parametrize("method", ["sequential", "random", "train_order", "collaborative"])
def test_numbers_of_every_method(folder, method):
    vectors = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    write_table(folder / VECTORS, tables.ITEM_VECTORS, {"item": range(40), "vector": vectors})
    users, items, metrics = run(folder, method)
    assert users["user"].to_pylist() == items["item"].to_pylist() == list(range(40))
    assert sorted(users["number"].to_pylist()) == sorted(items["number"].to_pylist()) == list(range(1, 41))
    assert (metrics["method"], metrics["users"], metrics["items"]) == (method, 40, 40)
    assert 0 <= metrics["leak"]["highest_plus_one"] <= 1
    assert items["answer"].to_pylist() == [str(number) for number in items["number"].to_pylist()]
    assert items["codes"].null_count == 40
    assert read_json(folder / "data/identifiers/symbols.json") == []


def test_names_without_numbers(folder):
    users, items, metrics = run(folder, "atomic")
    assert sorted(users["number"].to_pylist()) == list(range(1, 41))
    assert items["number"].null_count == 40
    assert read_json(folder / "data/identifiers/symbols.json") == items["answer"].to_pylist()
    assert metrics == {"method": "atomic", "users": 40, "items": 40}


def test_users_have_tokens_where_the_parameters_say_so(folder):
    before = run(folder, "random")
    users, items, metrics = run(folder, "random", users="atomic")
    assert users["number"].equals(before[0]["number"])
    assert users["mention"].to_pylist() == [f"<user_{number}>" for number in users["number"].to_pylist()]
    assert read_json(folder / "data/identifiers/symbols.json") == [f"<user_{n}>" for n in range(1, 41)]
    assert items.equals(before[1])
    assert metrics == before[2]


def test_a_file_without_the_items_ends_with_one_message_and_writes_nothing(folder, capsys):
    before = run(folder, "random")
    (folder / "codes.tsv").write_text("elsewhere\t1 2\n")
    with pytest.raises(SystemExit):
        run(folder, "released", released={"path": str(folder / "codes.tsv")})
    told = capsys.readouterr().err
    assert "codes.tsv: 40 of 40 items of the data aren't there, the first is 'SYN-I-" in told
    assert "the file has 1, as 'elsewhere'" in told
    found = read_table(folder / "data/identifiers/items.parquet", tables.ITEM_IDENTIFIERS)
    assert found.equals(before[1])


def test_collaborative_without_vectors_ends_with_one_message(folder, capsys):
    (folder / VECTORS).unlink(missing_ok=True)
    with pytest.raises(SystemExit):
        run(folder, "collaborative")
    assert "items.parquet: no such file" in capsys.readouterr().err
    assert run(folder, "random")
