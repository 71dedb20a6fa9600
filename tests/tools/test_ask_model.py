"""Both questions to a small model, over a workspace."""

import json
from pathlib import Path

import pytest

from pipeline.artifacts import read_table, write_table
from pipeline.data.histories import Histories
from pipeline.data.next_items import choice_columns, draw_choices, held_out
from pipeline.evaluation.schema.asked import AskedMetrics
from pipeline.randomness import generator
from pipeline.tables import CHOICES, INTERACTIONS, ITEMS, USERS
from tests.backbones.causal.models import llama_folder
from tests.evaluation.workspace import write_workspace
from tools.ask_model import GROUPS, contamination, rank, reasons, sensitivity


@pytest.fixture
def model(tmp_path: Path) -> str:
    write_workspace(tmp_path)
    llama_folder(tmp_path / "model")
    return str(tmp_path / "model")


def test_contamination_of_a_small_model(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contamination(model, users=3, root=tmp_path)
    found = json.loads(capsys.readouterr().out)
    assert found["tests"] == 3
    assert 0 < found["contamination"]["p"]["value"] <= 1


def test_sensitivity_of_a_small_model(model, tmp_path, capsys) -> None:
    sensitivity(model, users=2, candidates=3, k=2, root=tmp_path)
    found = json.loads(capsys.readouterr().out)["sensitivity"]
    assert {f"jaccard {group}" for group in GROUPS} <= set(found)
    assert all(0 <= found[f"SNSR {name}"]["value"] <= 1 for name in ("jaccard", "serp", "prag"))


def test_ways_to_ask_over_stored_candidates(model, tmp_path, capsys) -> None:
    store_candidates(tmp_path)
    out = tmp_path / "asked.json"
    rank(model, method=["list", "point"], users=3, root=tmp_path, out=out, title="a few")
    found = AskedMetrics.read(out)
    assert found.plain() == json.loads(capsys.readouterr().out)
    assert (found.title, found.model, found.base) == ("a few", "model", "list")
    assert set(found.estimates) == {"most_popular", "list", "point"}
    assert set(found.differences) == {"most_popular", "point"}
    gap = found.estimates["list"]["NDCG@10"].value - found.estimates["point"]["NDCG@10"].value
    assert found.differences["point"]["NDCG@10"].value == pytest.approx(gap, abs=1e-5)


def test_without_stored_candidates_it_says_what_makes_them(model, tmp_path, capsys) -> None:
    write_table(tmp_path / "data/choices/choices.parquet", CHOICES, choice_columns({}, {}))
    with pytest.raises(SystemExit):
        rank(model, method=["list"], root=tmp_path)
    assert "choices.redraws 1" in capsys.readouterr().err


def store_candidates(root: Path) -> None:
    """Draw candidates of each test user, as stage `choices` does."""
    users = len(read_table(root / "data/preprocessed/users.parquet", USERS))
    items = len(read_table(root / "data/preprocessed/items.parquet", ITEMS))
    parts = [
        read_table(root / f"data/preprocessed/{name}.parquet", INTERACTIONS)
        for name in ("train", "validation", "test")
    ]
    until = Histories.from_tables(users, *parts)
    examples = held_out(until, Histories.from_tables(users, parts[-1]), 5)
    sets = draw_choices(examples, items, 3, 1, generator(1, "choices"))
    columns = choice_columns({"test": examples}, {"test": sets})
    write_table(root / "data/choices/choices.parquet", CHOICES, columns)


def test_reasons_of_a_small_model(model, tmp_path, capsys) -> None:
    reasons(model, users=2, root=tmp_path)
    assert 1 <= len(json.loads(capsys.readouterr().out)) <= 2


def test_a_model_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_workspace(tmp_path)
    with pytest.raises(SystemExit):
        contamination("/no/such/model", root=tmp_path)
    assert "no causal model here" in capsys.readouterr().err
