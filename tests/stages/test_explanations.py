"""The explanations stage, run elsewhere on a dozen reviews, on a P5 folder without texts and on one with."""

import json
import pickle
import shutil
from pathlib import Path

import pytest

from pipeline.artifacts import read_json, read_table, write_table
from pipeline.data.pseudonyms import KEY_VARIABLE, user_namer
from pipeline.explanations.sentires import read_lexicon
from pipeline.tables import EXPLANATIONS, INTERACTIONS, LEXICON, REVIEWS, TUPLES
from pipeline.tables import ITEMS as ITEM_IDS
from pipeline.tables import USERS as USER_IDS
from stages.explanations import main, with_progress

PARAMS = """seed: 1
dataset: {{raw: x, format: auto, core: 0, duplicates: last, negatives: 1, bad_records: stop, {dataset}}}
explanations:
  {{min_feature_count: 2, min_words: 4, max_words: 40, split: {split}, ratio: [2, 1, 1], {others}}}
"""
OUTPUTS = {"tuples": TUPLES, "lexicon": LEXICON, "explanations": EXPLANATIONS}
USERS, ITEMS = 4, 5


def interactions(pairs):
    return {
        "user": [user for user, _ in pairs],
        "item": [item for _, item in pairs],
        "position": [item for _, item in pairs],
        "rating": [None] * len(pairs),
        "timestamp": [None] * len(pairs),
        "row": [None] * len(pairs),
    }


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A preprocessed folder."""
    folder = tmp_path / "data/preprocessed"
    pairs = [(user, item) for user in range(USERS) for item in range(ITEMS)]
    for name, items in {"train": range(ITEMS - 2), "validation": [ITEMS - 2], "test": [ITEMS - 1]}.items():
        chosen = [pair for pair in pairs if pair[1] in items]
        write_table(folder / f"{name}.parquet", INTERACTIONS, interactions(chosen))
    write_table(folder / "p5_explanations.parquet", EXPLANATIONS, EXPLANATIONS.empty_table())
    write_reviews(folder, pairs, ["The sound is really great." if i % 7 else "No." for i in range(20)])
    return folder


def write_reviews(folder, pairs, texts):
    columns = {
        "row": range(1, len(pairs) + 1),
        "user": [user for user, _ in pairs],
        "item": [item for _, item in pairs],
        "rating": [5.0] * len(pairs),
        "timestamp": [0] * len(pairs),
        "summary": [None] * len(pairs),
        "text": texts,
    }
    write_table(folder / "reviews.parquet", REVIEWS, columns)


def run(folder: Path, split: str = "random", out: str = "out", dataset: str = "", **others: object):
    others = {"workers": 1, **others}
    listed = ", ".join(f"{key}: {value}" for key, value in others.items())
    text = PARAMS.format(split=split, dataset=dataset, others=listed)
    root = folder.parents[1]
    (root / "params.yaml").write_text(text, encoding="utf-8")
    main(root)
    shutil.copytree(root / "data/explanations", folder / out, dirs_exist_ok=True)
    shutil.copy(root / "metrics/explanations.json", folder / out / "metrics.json")
    tables = {name: read_table(folder / out / f"{name}.parquet", schema) for name, schema in OUTPUTS.items()}
    return tables, read_json(folder / out / "metrics.json")


def test_extracts_selects_and_splits(workspace):
    tables, metrics = run(workspace)
    explanations = tables["explanations"].to_pylist()
    assert len(explanations) == 17
    assert [(e["user"], e["item"]) for e in explanations] == sorted(
        (e["user"], e["item"]) for e in explanations
    )
    assert {e["explanation"] for e in explanations} == {"The sound is really great."}
    assert {(e["feature"], e["opinion"], e["sentiment"]) for e in explanations} == {("sound", "great", 1)}
    assert len(tables["tuples"]) == 17
    assert metrics["coverage"] == 17 / 20
    assert metrics["pairs_without"]["no_tuple"] == 3
    assert metrics["polarity_agreement"] == 1.0
    assert metrics["features"] == 1
    assert sum(metrics["split_sizes"].values()) == 17
    held = [e for e in explanations if e["split"] != "train"]
    assert held
    assert {e["user"] for e in held} <= {e["user"] for e in explanations if e["split"] == "train"}
    assert sorted(path.name for path in (workspace / "out").iterdir()) == [
        "explanations.parquet",
        "lexicon.parquet",
        "lexicon.txt",
        "metrics.json",
        "tuples.parquet",
    ]


def test_progress_passes_everything_on_and_knows_its_end(monkeypatch):
    bars = []

    class Bar:
        def __init__(self, name, total, unit):
            self.total, self.done = total, 0
            bars.append(self)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def update(self, number):
            self.done += number

    monkeypatch.setattr("stages.explanations.ProgressBar", Bar)
    assert list(with_progress(["abc", "de"], 5)) == ["abc", "de"]
    assert [(bar.total, bar.done) for bar in bars] == [(5, 5)]


def test_the_lexicon_as_text_is_the_table(workspace):
    tables, _ = run(workspace)
    assert (workspace / "out/lexicon.txt").read_text("utf-8") == "[1] sound|great (17, 0)\n"
    assert read_lexicon(workspace / "out/lexicon.txt") == tables["lexicon"]


def test_leave_one_out_lets_no_test_pair_into_train(workspace):
    tables, metrics = run(workspace, "leave_one_out")
    assert metrics["sequential_test_pairs_in_explanation_train"] == 0
    test = [e for e in tables["explanations"].to_pylist() if e["split"] == "test"]
    assert {e["item"] for e in test} == {ITEMS - 1}
    _, metrics = run(workspace, "random")
    assert metrics["sequential_test_pairs_in_explanation_train"] > 0


def test_running_twice_gives_the_same_bytes(workspace):
    run(workspace, out="one")
    run(workspace, out="two")
    for path in (workspace / "one").iterdir():
        assert path.read_bytes() == (workspace / "two" / path.name).read_bytes()


def test_any_number_of_workers_gives_the_same_bytes(workspace, monkeypatch):
    monkeypatch.setattr("pipeline.explanations.build.ROWS", 3)
    for workers in (1, 2, 3):
        run(workspace, out=str(workers), workers=workers)
    for path in (workspace / "1").iterdir():
        for other in ("2", "3"):
            assert path.read_bytes() == (workspace / other / path.name).read_bytes()


def test_other_languages_are_counted_and_skipped(workspace):
    texts = ["El producto es muy bueno y llegó con la caja, the sound is great.", "The sound is great."] * 10
    pairs = [(user, item) for user in range(USERS) for item in range(ITEMS)]
    write_reviews(workspace, pairs, texts)
    tables, metrics = run(workspace)
    assert metrics["reviews_foreign"] == 10
    assert metrics["pairs_without"]["other_language"] == 10
    assert len(tables["tuples"]) == 10


def test_the_corpus_corrects_what_the_prior_lexicon_says(workspace):
    pairs = [(user, item) for user in range(USERS) for item in range(ITEMS)]
    write_reviews(workspace, pairs, ["The amp is loud and really great."] * 20)
    sentiments = {}
    for polarity in ("prior", "corpus"):
        tables, metrics = run(workspace, polarity=polarity)
        found = tables["lexicon"].to_pylist()
        sentiments[polarity] = {pair["opinion"]: pair["sentiment"] for pair in found}
    assert sentiments["prior"] == {"loud": -1, "great": 1}
    assert sentiments["corpus"] == {"loud": 1, "great": 1}
    assert metrics["corrected_polarities"] == 2


@pytest.mark.parametrize("split", ["random", "leave_one_out"])
@pytest.mark.parametrize("empty", [True, False])
def test_dataset_without_texts_gives_empty_tables_and_says_so(workspace, split, empty):
    pairs = [] if empty else [(0, 0), (1, 2)]
    write_reviews(workspace, pairs, [None] * len(pairs))
    tables, metrics = run(workspace, split)
    assert all(len(table) == 0 for table in tables.values())
    assert metrics["source"] == "none: the dataset has no review texts"
    assert metrics["polarity_agreement"] is None
    assert metrics["pairs_without"]["no_text"] == len(pairs)


def test_explanations_of_the_dataset_are_taken_as_they_are(workspace):
    given = {
        "user": [1, 0],
        "item": [4, 2],
        "row": [None, None],
        "rating": [None, None],
        "feature": ["bag", "strap"],
        "opinion": [None, None],
        "sentiment": [None, None],
        "explanation": ["a nice bag", "the strap"],
        "split": ["train", "test"],
    }
    write_table(workspace / "p5_explanations.parquet", EXPLANATIONS, given)
    tables, metrics = run(workspace)
    assert tables["explanations"]["explanation"].to_pylist() == ["the strap", "a nice bag"]
    assert tables["lexicon"]["feature"].to_pylist() == ["bag", "strap"]
    assert len(tables["tuples"]) == 0
    assert metrics["source"] == "dataset"
    assert metrics["sequential_test_pairs_in_explanation_train"] == 1 / USERS


def write_ids(folder):
    write_table(folder / "users.parquet", USER_IDS, {"user": range(USERS), "user_id": list("abcd")})
    write_table(folder / "items.parquet", ITEM_IDS, {"item": range(ITEMS), "item_id": list("vwxyz")})


def test_sentires_output_gives_the_same_tables(workspace):
    write_ids(workspace)
    tuples = [("tone", "warm", "The tone is warm and fine.", 1), ("tone", "odd", "An odd tone it has.", -1)]
    reviews = [
        {"user": user, "item": item, "rating": 5, "sentence": tuples} for user in "abcde" for item in "vw"
    ]
    del reviews[0]["sentence"]
    (workspace / "reviews.pickle").write_bytes(pickle.dumps(reviews))
    chosen = {"source": "sentires", "path": str(workspace / "reviews.pickle")}
    tables, metrics = run(workspace, **chosen)
    assert {e["explanation"] for e in tables["explanations"].to_pylist()} == {"The tone is warm and fine."}
    assert [(pair["opinion"], pair["positive"]) for pair in tables["lexicon"].to_pylist()] == [
        ("odd", 0),
        ("warm", 7),
    ]
    assert len(tables["tuples"]) == 14
    assert metrics["source"] == "sentires"
    assert metrics["reviews_outside_dataset"] == 2
    assert metrics["pairs_without"]["no_tuple"] == 1
    assert metrics["coverage"] == 7 / 8

    (workspace / "lexicon").write_text("[1] tone|warm (3)\n", encoding="utf-8")
    tables, _ = run(workspace, **chosen, lexicon=str(workspace / "lexicon"))
    assert [pair["positive"] for pair in tables["lexicon"].to_pylist()] == [3]


def test_explanations_of_a_p5_folder_go_with_other_reviews(workspace):
    write_ids(workspace)
    p5 = workspace / "p5"
    p5.mkdir()
    maps = {
        f"{kind}2id": {name: str(n) for n, name in enumerate(names, 1)}
        for kind, names in {"user": "abcde", "item": "vwxyz"}.items()
    }
    maps |= {f"id2{kind}": {n: name for name, n in maps[f"{kind}2id"].items()} for kind in ("user", "item")}
    (p5 / "datamaps.json").write_text(json.dumps(maps), encoding="utf-8")
    one = {"user": "1", "item": "5", "explanation": "a warm tone", "feature": "tone"}
    lists = {
        "train": [one, {**one, "user": "5"}],
        "val": [{**one, "feature": "again"}],
        "test": [{**one, "user": "b", "item": "v"}],
    }
    (p5 / "explanation.json").write_text(json.dumps(lists), encoding="utf-8")
    tables, metrics = run(workspace, source="p5", path=str(p5))
    found = [(e["user"], e["item"], e["feature"], e["split"]) for e in tables["explanations"].to_pylist()]
    assert found == [(0, 4, "tone", "train"), (1, 0, "tone", "test")]
    assert metrics["source"] == "p5"
    # given = taken + outside + repeated
    assert metrics["explanations_given"] == 4
    assert metrics["explanations_outside_dataset"] == 1
    assert metrics["explanations_repeated"] == 1


def test_a_folder_without_explanations_is_named(workspace, capsys):
    write_ids(workspace)
    with pytest.raises(SystemExit):
        run(workspace, source="p5", path=str(workspace / "nowhere"))
    assert "explanations.path must name a P5 folder" in capsys.readouterr().err


def test_missing_input_ends_with_one_clear_message(workspace, capsys):
    (workspace / "reviews.parquet").unlink()
    with pytest.raises(SystemExit) as caught:
        run(workspace)
    assert caught.value.code == 1
    assert "reviews.parquet: no such file; run the stage that writes it" in capsys.readouterr().err


def test_sentires_output_by_raw_ids_finds_users_with_pseudonyms(workspace, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "k" * 32)
    named = user_namer(True, {KEY_VARIABLE: "k" * 32})
    write_ids(workspace)
    names = {"user": range(USERS), "user_id": [named(user) for user in "abcd"]}
    write_table(workspace / "users.parquet", USER_IDS, names)
    tuples = [("tone", "warm", "The tone is warm and fine.", 1)]
    reviews = [
        {"user": user, "item": item, "rating": 5, "sentence": tuples} for user in "abcd" for item in "vw"
    ]
    (workspace / "reviews.json").write_text(json.dumps(reviews))
    chosen = {"source": "sentires", "path": str(workspace / "reviews.json"), "dataset": "pseudonymize: true"}
    tables, metrics = run(workspace, **chosen)
    assert metrics["reviews_outside_dataset"] == 0
    assert len(tables["explanations"]) == 8
