import json
import math

import pytest
import yaml

from pipeline import tables
from pipeline.artifacts import read_table, write_json, write_table, write_text
from stages.evaluate import main
from tests.evaluation.workspace import HISTORIES, ORDER, PARAMS, SECOND, write_choices, write_workspace


def metrics(root, name):
    return json.loads((root / f"metrics/{name}.json").read_text())


def value(document, method, name):
    return document[method][name]["value"]


def test_sequential_by_hand(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    found = metrics(tmp_path, "sequential")
    # Ranks 1, 2, 3, miss, miss, 1.
    assert value(found, "peapod", "HR@1") == pytest.approx(2 / 6, abs=1e-6)
    assert value(found, "peapod", "HR@3") == pytest.approx(4 / 6, abs=1e-6)
    assert value(found, "peapod", "NDCG@3") == pytest.approx((2 + 1 / math.log2(3) + 0.5) / 6, abs=1e-6)
    assert value(found, "most_popular", "HR@3") == pytest.approx(2 / 6, abs=1e-6)
    # Last numbers 4, 5, 2, 9, 7, 8; test numbers 5, 6, 9, 1, 8, 7: ranks 1, 1, -, -, 1, -.
    assert value(found, "floor_last_item", "HR@1") == 0.5
    # Highest numbers 4, 5, 4, 9, 7, 8: the same three.
    assert value(found, "floor_highest_number", "HR@3") == 0.5
    assert value(found, "difference_to_most_popular", "HR@3") == pytest.approx(2 / 6, abs=1e-6)
    # Two baselines and two rules, three metrics each.
    assert found["comparisons"] == 12
    assert found["users"] == 6
    assert found["invalid_share"] == pytest.approx(1 / 18, abs=1e-6)
    for method in ("peapod", "floor_last_item", "difference_to_floor_highest_number"):
        for figure in found[method].values():
            assert figure["low"] <= figure["value"] <= figure["high"]


def test_topn_by_hand(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    found = metrics(tmp_path, "topn")
    assert found["candidates"] == 5.0
    assert value(found, "chance", "HR@2") == 0.4
    assert "low" not in found["chance"]["HR@2"]
    # Test numbers 5, 6, 8 follow the bases 4, 5, 7; 9, 1, 7 have candidates nearer to 2, 9, 8.
    assert value(found, "floor_last_item", "HR@1") == pytest.approx(3 / 6, abs=1e-6)


def write_assisted(root, sequential, topn, narrowed):
    """Let method `second` assist the model: these are the first places of their lists."""
    evaluation = PARAMS["evaluation"] | {"assistants": ["second"]}
    write_text(root / "params.yaml", yaml.safe_dump(PARAMS | {"evaluation": evaluation}))
    folder = root / "predictions/peapod_second"
    for task, firsts in (("sequential", sequential), ("topn", topn), ("topn_sequential", narrowed)):
        source = root / f"predictions/second/{task.removesuffix('_sequential')}.parquet"
        columns = read_table(source, tables.RECOMMENDATIONS).to_pydict()
        columns["item"] = [
            firsts[user] if rank == 1 else (item if item != firsts[user] else None)
            for user, rank, item in zip(columns["user"], columns["rank"], columns["item"], strict=True)
        ]
        write_table(folder / f"{task}.parquet", tables.RECOMMENDATIONS, columns)
    write_json(folder / "assistant.json", {"weight": {"sequential": 0.5, "topn": 0.25}})


def test_an_assisted_model_stands_beside_both_of_its_parts(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    before = {task: metrics(tmp_path, task) for task in ("sequential", "topn")}
    targets = [history[-1] for history in HISTORIES]
    # All but one right, three right, and two.
    write_assisted(
        tmp_path, [*targets[:5], 0], [*targets[:3], 2, 2, 2], [*targets[:2], *([4] * 2), *([2] * 2)]
    )
    main(root=tmp_path)
    found = metrics(tmp_path, "sequential")
    assert {key: found[key] for key in before["sequential"]} == before["sequential"]
    assert value(found, "peapod_second", "HR@1") == pytest.approx(5 / 6, abs=1e-6)
    # The model has two right and `second` two.
    told = found["assisted"]["peapod_second"]
    assert told["weight"] == 0.5
    for part in ("peapod", "second"):
        gap = value(found, "peapod_second", "HR@1") - value(found, part, "HR@1")
        assert value(told["differences"], part, "HR@1") == pytest.approx(gap, abs=2e-6)
        assert told["differences"][part]["HR@1"]["low"] <= gap
    # It's none of the model's competitors.
    assert "difference_to_peapod_second" not in found
    found = metrics(tmp_path, "topn")
    told = found["assisted"]
    assert {method: one["weight"] for method, one in told.items()} == {
        "peapod_second": 0.25,
        "peapod_second_sequential": 0.5,
    }
    assert value(found, "peapod_second", "HR@1") == 0.5
    assert value(found, "peapod_second_sequential", "HR@1") == pytest.approx(2 / 6, abs=1e-6)
    assert set(told["peapod_second_sequential"]["differences"]) == {"peapod_sequential", "second"}
    gap = 2 / 6 - value(found, "peapod_sequential", "HR@1")
    narrowed = told["peapod_second_sequential"]["differences"]["peapod_sequential"]
    assert narrowed["HR@1"]["value"] == pytest.approx(gap, abs=2e-6)
    assert value(found["full_rank"], "peapod_second", "HR@1") == pytest.approx(5 / 6, abs=1e-6)


def test_explanations_and_leakage(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    found = metrics(tmp_path, "explanation")
    assert found["pairs"] == 3
    assert value(found, "peapod", "FMR") == 1.0
    assert value(found, "peapod", "USR") == pytest.approx(2 / 3, abs=1e-6)
    # "the case is a joke" equals its reference; the copy for item 4 equals its own.
    assert value(found, "floor_copied_sentence", "ROUGE-1") > 33
    assert value(found, "difference_to_floor_copied_sentence", "ROUGE-1") == pytest.approx(
        value(found, "peapod", "ROUGE-1") - value(found, "floor_copied_sentence", "ROUGE-1"), abs=1e-5
    )
    leaks = metrics(tmp_path, "leakage")
    assert leaks == {
        "candidate_lists_with_known_item": 0,
        "candidate_lists_with_train_item": 0,
        "explanation_test_sentences_in_train": pytest.approx(1 / 3, abs=1e-6),
        "test_interactions_in_explanation_train": 0.0,
        "test_items_unseen_in_train": 1,
        "test_users": 6,
        "test_users_without_train": 0,
        "test_items_without_embedding": 1,
        "test_users_without_embedding": 0,
        "order": ORDER,
    }


def test_beyond_accuracy_by_hand(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    found = metrics(tmp_path, "beyond")
    # The most popular lists show items 0 to 7, the model's all nine.
    assert value(found["spread"], "peapod", "coverage@3") == 1.0
    assert value(found["spread"], "most_popular", "coverage@3") == pytest.approx(8 / 9, abs=1e-6)
    # How often train, the first three of each history, shows items 0 to 8.
    counts = [3, 3, 4, 3, 1, 2, 1, 1, 0]
    shown = sum(counts[item] for row in SECOND for item in row) / 18
    assert value(found["popularity"], "second", "popularity@3") == pytest.approx(shown, abs=1e-6)
    own = sum(counts[item] for row in HISTORIES for item in row[:4]) / 24
    assert found["own_popularity"]["value"] == pytest.approx(own, abs=1e-6)
    ratio = value(found["popularity"], "second", "popularity_ratio@3")
    assert ratio == pytest.approx(shown / own, abs=1e-5)
    # Everybody has four items; train shows the test items 1, 2, 0, 3, 1 and 1 times.
    assert list(found["groups"]["sequential"]["activity"]) == ["low"]
    groups = found["groups"]["topn"]["popularity"]
    assert {name: (one["from"], one["to"], one["users"]) for name, one in groups.items()} == {
        "low": (0, 1, 4),
        "high": (2, 3, 2),
    }
    assert value(groups["high"]["methods"], "peapod", "HR@2") == 1.0
    assert value(groups["low"]["methods"], "peapod", "HR@2") == 0.75


def test_the_full_catalogue_beside_the_candidates(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    full = metrics(tmp_path, "topn")["full_rank"]
    # Sequential ranks 1, 2, 3, miss, miss, 1, at the cutoffs of top-n.
    assert value(full, "peapod", "HR@2") == 0.5
    assert value(full, "floor_last_item", "HR@1") == 0.5
    assert set(full) == {"peapod", "most_popular", "second", "floor_last_item", "floor_highest_number"}


def test_the_summary_has_a_number_a_figure_as_the_documents_have_it(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    explained = metrics(tmp_path, "explanation")["peapod"]
    assert metrics(tmp_path, "summary") == {
        # Sequential ranks 1, 2, 3, miss, miss, 1.
        "seq_HR@3": 0.666667,
        "seq_NDCG@3": round((1 + 1 + 1 / math.log2(3) + 0.5) / 6, 6),
        "topn_HR@2": metrics(tmp_path, "topn")["peapod"]["HR@2"]["value"],
        "topn_NDCG@2": metrics(tmp_path, "topn")["peapod"]["NDCG@2"]["value"],
        **{name: explained[name]["value"] for name in ("BLEU-4", "ROUGE-L", "USR", "FMR")},
        "loss": 2.5,
    }


def test_without_explanations(tmp_path):
    write_workspace(tmp_path, explained=False)
    main(root=tmp_path)
    assert metrics(tmp_path, "explanation") == {"pairs": 0}
    assert set(metrics(tmp_path, "summary")) == {
        "seq_HR@3",
        "seq_NDCG@3",
        "topn_HR@2",
        "topn_NDCG@2",
        "loss",
    }
    assert metrics(tmp_path, "leakage")["explanation_test_sentences_in_train"] is None


def test_twice_gives_the_same_bytes(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    first = {path.name: path.read_bytes() for path in (tmp_path / "metrics").iterdir()}
    main(root=tmp_path)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "metrics").iterdir()}
    made = {
        "sequential",
        "topn",
        "beyond",
        "choice",
        "explanation",
        "leakage",
        "summary",
        "dataset",
        "training",
    }
    assert set(first) == {*(f"{name}.json" for name in made), "curves.csv"}


def test_of_a_model_that_only_chooses_the_other_documents_are_empty(tmp_path):
    write_workspace(tmp_path)
    write_choices(tmp_path)
    main(root=tmp_path)
    nothing = {"users": 0, "comparisons": 0, "invalid_share": 0.0}
    assert metrics(tmp_path, "sequential") == nothing
    assert metrics(tmp_path, "topn") == nothing | {"candidates": 0.0, "chance": {}, "full_rank": {}}
    assert metrics(tmp_path, "explanation") == {"pairs": 0}
    assert not any(metrics(tmp_path, "beyond").values())
    found = metrics(tmp_path, "choice")
    assert (found["tests"], found["left_out"], found["candidates"], found["draws"]) == (6, 0, 3, 1)
    # Right for users 0, 1, 3 and 5; a recommender, which takes the first, for 3, 4 and 5.
    assert (
        value(found, "peapod", "HR@1")
        == value(found, "peapod", "HR@1_title")
        == pytest.approx(4 / 6, abs=1e-6)
    )
    assert value(found, "second", "HR@1") == 0.5
    assert value(found, "difference_to_second", "HR@1") == pytest.approx(1 / 6, abs=1e-6)
    assert found["redrawn"]["second"]["draws"] == 2
    assert metrics(tmp_path, "summary") == {"loss": 2.5, "choice_HR@1": pytest.approx(4 / 6, abs=1e-6)}


def test_a_run_without_candidates_has_an_empty_document_of_choices(tmp_path):
    write_workspace(tmp_path)
    main(root=tmp_path)
    assert metrics(tmp_path, "choice") == {"tests": 0, "left_out": 0}


def test_a_user_without_a_list_is_a_clear_error(tmp_path, capsys):
    write_workspace(tmp_path)
    path = tmp_path / "predictions/peapod/topn.parquet"
    write_table(path, tables.RECOMMENDATIONS, read_table(path, tables.RECOMMENDATIONS).slice(2))
    with pytest.raises(SystemExit):
        main(root=tmp_path)
    assert "predictions/peapod/topn.parquet: no list for 1 of 6 test users" in capsys.readouterr().err


def test_a_cutoff_beyond_the_lists_is_a_clear_error(tmp_path, capsys):
    write_workspace(tmp_path)
    evaluation = PARAMS["evaluation"] | {"topn_cutoffs": [5]}
    write_text(tmp_path / "params.yaml", yaml.safe_dump(PARAMS | {"evaluation": evaluation}))
    with pytest.raises(SystemExit):
        main(root=tmp_path)
    assert "predictions/peapod/topn.parquet: a cutoff of 5 is wanted" in capsys.readouterr().err
