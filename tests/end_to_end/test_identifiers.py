"""Names that are no numbers, from the histories to a recommendation: training, beams, top-n, evaluation."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.prompts.tokenizer import PromptTokenizer
from stages.predictor import read_predictor
from tests.end_to_end.runs import SMALL, run

QUICK = SMALL | {
    "training": SMALL["training"] | {"epochs": 1},
    "evaluation.baselines": ["most_popular"],
    "evaluation.explanation_baselines": [],
}


def released(folder: Path) -> str:
    """A file of names for the items of the small run: three symbols, the last one to tell them apart."""
    ids = pq.read_table(folder / "data/preprocessed/items.parquet")["item_id"].to_pylist()
    names = {name: [f"<a_{place % 4}>", f"<b_{place % 3}>", f"<c_{place}>"] for place, name in enumerate(ids)}
    path = folder / "released.json"
    path.write_text(json.dumps(names), encoding="utf-8")
    return str(path)


USERS = {"atomic": "atomic", "released": "numbers", "residual": "atomic"}
"""What names users under each method."""


@pytest.fixture(scope="module", params=USERS)
def workspace(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """What all stages leave under one method."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        run(patch, folder, QUICK, last="teacher")
        changes = {
            "identifiers.method": request.param,
            "identifiers.users": USERS[request.param],
            "identifiers.released.path": released(folder),
        }
        yield request.param, run(patch, folder, QUICK | changes, first="identifiers")


def test_each_symbol_is_one_token(workspace: tuple[str, Path]) -> None:
    method, folder = workspace
    symbols = json.loads((folder / "data/identifiers/symbols.json").read_text(encoding="utf-8"))
    tokenizer = PromptTokenizer.load(folder / "models/tokenizer")
    assert tokenizer.symbols == len(symbols) > 20
    assert [len(ids) for ids in tokenizer.encode(symbols)] == [1] * len(symbols)
    description = json.loads((folder / "models/peapod/config.json").read_text(encoding="utf-8"))["backbone"]
    assert description["sizes"]["vocabulary"] == len(tokenizer)
    answers = pq.read_table(folder / "data/identifiers/items.parquet")["answer"].to_pylist()
    lengths = {len(ids) for ids in tokenizer.encode(answers)}
    assert lengths == {"atomic": {1}, "released": {3}}.get(method, lengths)


def test_users_have_the_same_names_everywhere(workspace: tuple[str, Path]) -> None:
    method, folder = workspace
    users = pq.read_table(folder / "data/identifiers/users.parquet")
    form = "<user_{}>" if USERS[method] == "atomic" else "user_{}"
    mentions = [form.format(number) for number in users["number"].to_pylist()]
    assert users["mention"].to_pylist() == mentions
    assert pq.read_table(folder / "models/peapod/users.parquet")["mention"].to_pylist() == mentions
    tokens = PromptTokenizer.load(folder / "models/peapod/tokenizer").encode(mentions)
    assert all((len(ids) == 1) == (USERS[method] == "atomic") for ids in tokens)


def test_lists_hold_real_items_alone(workspace: tuple[str, Path]) -> None:
    _, folder = workspace
    items = pq.read_table(folder / "data/preprocessed/items.parquet").num_rows
    for task in ("sequential", "topn", "topn_sequential"):
        table = pq.read_table(folder / f"predictions/peapod/{task}.parquet")
        found = table["item"].to_pylist()
        assert table["item"].null_count == 0
        assert set(found) <= set(range(items))
        pairs = set(zip(table["user"].to_pylist(), found, strict=True))
        assert len(pairs) == len(found)


def test_number_rules_are_left_out_and_the_report_says_why(workspace: tuple[str, Path]) -> None:
    method, folder = workspace
    for task in ("sequential", "topn"):
        text = (folder / f"metrics/{task}.json").read_text(encoding="utf-8")
        assert "peapod" in text
        assert "floor_last_item" not in text
    assert "leak" not in json.loads((folder / "metrics/identifiers.json").read_text(encoding="utf-8"))
    page = (folder / "report/index.html").read_text(encoding="utf-8")
    assert "items have no numbers to go by (identifiers.method)" in page
    assert f"names items by method <strong>{method}</strong>, without numbers" in page


def test_a_user_is_recommended_raw_ids(workspace: tuple[str, Path]) -> None:
    _, folder = workspace
    predictor = read_predictor(folder)
    found = predictor.recommend("SYN-U-0001", top=3)
    assert [one.rank for one in found] == [1, 2, 3]
    assert all(one.item.startswith("SYN-I-") for one in found)
    ranked = predictor.rank("SYN-U-0001", [one.item for one in found])
    assert {one.item for one in ranked} == {one.item for one in found}
    history = [found[0].item]
    assert len(predictor.recommend("somebody new", history=history)) == 10
    assert predictor.explain("somebody new", found[1].item, history=history)
