"""Items that came after training: a model of codes of texts answers about them, any other says why not."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from pipeline.serving import Predictor
from pipeline.serving.app import create_app
from pipeline.serving.new_items import NewItem, with_items
from pipeline.serving.requests import RequestError
from tests.end_to_end.runs import TRAINED, run
from tests.serving.workspaces import close, items_of, users_of

CODED = TRAINED | {
    "identifiers.method": "residual",
    "identifiers.residual": {"vectors": "text", "size": 4, "levels": 2},
    "training.epochs": 1,
}


@pytest.fixture(scope="module")
def coded(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose items have codes of their reviews."""
    folder = tmp_path_factory.mktemp("coded")
    (folder / "data").mkdir()
    for name in ("preprocessed", "explanations", "embeddings", "neighbours", "teacher", "choices"):
        (folder / "data" / name).symlink_to(trained / "data" / name)
    with pytest.MonkeyPatch.context() as patch:
        return run(patch, folder, CODED, first="identifiers", last="train")


@pytest.fixture(scope="module")
def before(coded: Path) -> Predictor:
    return Predictor.load(coded / "models/peapod")


@pytest.fixture(scope="module")
def new(coded: Path) -> list[NewItem]:
    """Two items by the vectors of known ones' texts."""
    return [NewItem("NEW-1", "Red lip balm", vector=[1.0] * 64), NewItem("NEW-2", vector=[-1.0] + [0.5] * 63)]


@pytest.fixture(scope="module")
def after(before: Predictor, new: list[NewItem]) -> Predictor:
    return with_items(before, new)


def test_new_items_are_recommended_ranked_and_explained(after: Predictor, coded: Path) -> None:
    user, items = users_of(coded)[3], items_of(coded)
    every = after.recommend(user, top=100, history=items[:2])
    assert sorted(one.item for one in every) == sorted([*items[2:], "NEW-1", "NEW-2"])
    assert {one.title for one in every if one.item == "NEW-1"} == {"Red lip balm"}
    ranked = after.rank(user, ["NEW-2", items[5], "NEW-1"])
    assert sorted(one.item for one in ranked) == sorted(["NEW-2", items[5], "NEW-1"])
    assert after.explain(user, "NEW-1")
    assert [one.item for one in after.names.items_like("lip balm", 5)] == ["NEW-1"]


def test_new_items_are_read_in_histories_and_left_out_of_lists(after: Predictor, coded: Path) -> None:
    user, items = users_of(coded)[3], items_of(coded)
    one = after.recommend(user, top=100, history=[items[0], "NEW-1"])
    other = after.recommend(user, top=100, history=[items[0], items[1]])
    assert "NEW-1" not in {found.item for found in one}
    scores = {found.item: found.score for found in one}
    assert any(abs(scores[found.item] - found.score) > 1e-3 for found in other if found.item in scores)
    # Somebody new is described by the known ones among their items.
    assert after.recommend("somebody", history=[items[0], "NEW-1"])


def test_known_items_score_as_before(before: Predictor, after: Predictor, coded: Path) -> None:
    user, items = users_of(coded)[5], items_of(coded)
    known = after.recommend(user, top=100, history=items[:2])
    wanted = before.recommend(user, top=100, history=items[:2])
    found = [one for one in known if one.item in set(items)]
    assert [one.item for one in found] == [one.item for one in wanted]
    assert [one.score for one in found] == pytest.approx([one.score for one in wanted], abs=1e-4)
    with pytest.raises(RequestError, match="aren't in the data, the first is 'NEW-1'"):
        before.explain(user, "NEW-1")


def test_more_may_follow_and_newcomers_are_served_as_before(
    before: Predictor, after: Predictor, coded: Path
) -> None:
    items = items_of(coded)
    more = with_items(after, [NewItem("NEW-3", vector=[0.0, 1.0] * 32)])
    assert more.people.item_ids[-3:] == ["NEW-1", "NEW-2", "NEW-3"]
    assert {one.item for one in more.rank("somebody", ["NEW-3", items[9]], history=items[:3])} == {
        "NEW-3",
        items[9],
    }
    for candidates in (items[4:8], items[20:24]):
        close(
            more.rank("somebody", candidates, history=items[:3]),
            before.rank("somebody", candidates, history=items[:3]),
        )


def test_what_can_not_be_added_is_refused(after: Predictor, coded: Path) -> None:
    for items in (
        [NewItem("NEW-1", "x")],
        [NewItem("N", "x"), NewItem("N", "x")],
        [NewItem(items_of(coded)[0])],
    ):
        with pytest.raises(RequestError, match="is there already, or stands twice") as refused:
            with_items(after, items)
        assert refused.value.field == "items"
    with pytest.raises(RequestError, match="items: empty"):
        with_items(after, [])
    with pytest.raises(RequestError, match="item 'N': none of its words"):
        with_items(after, [NewItem("N", "Xyzzy")])


def test_a_model_of_numbers_says_why_it_can_not(predictor: Predictor) -> None:
    wanted = r"can't name items that came after training \(identifiers.method random\): a number says nothing"
    with pytest.raises(RequestError, match=rf"{wanted}.*titles, or residual"):
        with_items(predictor, [NewItem("N", "red lip balm")])


@pytest.fixture
def client(before: Predictor) -> Iterator[httpx.Client]:
    with TestClient(create_app(before)) as found:
        yield found


def test_over_http(client: httpx.Client, coded: Path) -> None:
    user, items = users_of(coded)[3], items_of(coded)
    asked = {"user": user, "candidates": ["NEW-1", items[5]]}
    assert client.post("/rank", json=asked).status_code == 422
    count = client.get("/health").json()["items"]
    vector = [1.0] * 64
    body = {"items": [{"item": "NEW-1", "title": "Red lip balm", "vector": vector}]}
    found = client.post("/new-items", json=body)
    assert found.status_code == 200, found.text
    assert found.json()["items"][0]["item"] == "NEW-1"
    assert found.json()["items"][0]["name"].startswith("<a_")
    assert client.get("/health").json()["items"] == count + 1
    ranked = client.post("/rank", json=asked).json()["recommendations"]
    assert sorted(one["item"] for one in ranked) == ["NEW-1", items[5]]
    assert client.post("/items", json={"text": "lip balm"}).json()["items"] == [
        {"item": "NEW-1", "title": "Red lip balm"}
    ]
    for wrong in (
        body,
        {"items": []},
        {"items": [{"item": "N", "vector": [1.0]}]},
        {"items": [{"title": "x"}]},
    ):
        refused = client.post("/new-items", json=wrong)
        assert refused.status_code == 422
        assert refused.json()["detail"][0]["loc"][:2] == ["body", "items"]


def test_a_service_of_numbers_says_why_it_can_not(predictor: Predictor) -> None:
    with TestClient(create_app(predictor)) as client:
        refused = client.post("/new-items", json={"items": [{"item": "N", "title": "red lip balm"}]})
    assert refused.status_code == 422
    assert "identifiers.method random" in refused.json()["detail"][0]["msg"]
