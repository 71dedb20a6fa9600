"""The service in one process: it says what the predictor says, and refuses with the field's name."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.serving import Predictor
from pipeline.serving.app import Limits, create_app
from pipeline.serving.faults import LARGEST_BODY
from pipeline.serving.requests import RequestError
from pipeline.tasks.base import Task
from pipeline.tasks.choice import CHOICE
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from stages.predictor import read_predictor

USER = "SYN-U-0001"
ITEMS = ["SYN-I-0001", "SYN-I-0002", "SYN-I-0003"]


@pytest.fixture(scope="module")
def predictor(trained: Path) -> Predictor:
    return read_predictor(trained)


@pytest.fixture
def client(predictor: Predictor) -> Iterator[TestClient]:
    with TestClient(create_app(predictor)) as client:
        yield client


def asked(client: TestClient, path: str, **body: object) -> Any:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def faults(client: TestClient, path: str, status: int, **body: object) -> list[tuple[list[str], str]]:
    """Where and what is wrong."""
    response = client.post(path, json=body)
    assert response.status_code == status, response.text
    return [(one["loc"], one["msg"]) for one in response.json()["detail"]]


def test_answers_are_those_of_the_predictor(client: TestClient, predictor: Predictor) -> None:
    listed = asked(client, "/recommend", user=USER, top=3)["recommendations"]
    assert listed == [asdict(one) for one in predictor.recommend(USER, top=3)]
    listed = asked(client, "/recommend", user="new", history=ITEMS)["recommendations"]
    assert listed == [asdict(one) for one in predictor.recommend("new", history=ITEMS)]
    listed = asked(client, "/rank", user=USER, candidates=ITEMS)["recommendations"]
    assert listed == [asdict(one) for one in predictor.rank(USER, ITEMS)]
    said = asked(client, "/explain", user=USER, item=ITEMS[0])
    assert said == {"explanation": predictor.explain(USER, ITEMS[0])}
    found = asked(client, "/neighbours", user=USER)["neighbours"]
    assert found == [asdict(one) for one in predictor.neighbours(USER)]
    assert len(found) == 5


def test_users_items_and_histories_can_be_looked_up(client: TestClient, predictor: Predictor) -> None:
    assert asked(client, "/users", text="u-000", most=3) == {"users": [f"SYN-U-000{n}" for n in (1, 2, 3)]}
    assert asked(client, "/users", text="nobody") == {"users": []}
    found = asked(client, "/items", text="i-0001")["items"]
    assert found == [{"item": "SYN-I-0001", "title": None}]
    history = asked(client, "/history", user=USER)["items"]
    assert history == [asdict(one) for one in predictor.items_of(USER)]
    whole = predictor.people.whole[0].tolist()
    assert [one["item"] for one in history] == [predictor.people.item_ids[item] for item in whole]


def test_titles_are_searched_too(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [None, "Warm Strings", *predictor.people.item_titles[2:]]
    monkeypatch.setattr(predictor.names, "_titles", titles)
    with TestClient(create_app(predictor)) as client:
        found = asked(client, "/items", text="warm s")["items"]
    assert found == [{"item": "SYN-I-0002", "title": "Warm Strings"}]


def test_of_pseudonymized_data_no_user_is_listed(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictor.names, "_named", lambda raw: f"SYN-U-{raw}")
    with TestClient(create_app(predictor)) as client:
        assert asked(client, "/users") == {"users": []}
        assert len(asked(client, "/recommend", user="0001")["recommendations"]) == 10


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/recommend", {"top": 3}, "user"),
        ("/recommend", {"user": ""}, "user"),
        ("/recommend", {"user": 7}, "user"),
        ("/recommend", {"user": "nobody"}, "user"),
        ("/recommend", {"user": USER, "top": 0}, "top"),
        ("/recommend", {"user": USER, "top": 101}, "top"),
        ("/recommend", {"user": USER, "top": "3"}, "top"),
        ("/recommend", {"user": USER, "history": []}, "history"),
        ("/recommend", {"user": USER, "history": ["no"]}, "history"),
        ("/recommend", {"user": USER, "histroy": ITEMS}, "histroy"),
        ("/rank", {"user": USER, "candidates": [ITEMS[0], ITEMS[0]]}, "candidates"),
        ("/rank", {"user": USER, "candidates": [f"I{n}" for n in range(201)]}, "candidates"),
        ("/explain", {"user": USER, "item": "no"}, "item"),
        ("/neighbours", {"user": "nobody"}, "user"),
        ("/history", {"user": "nobody"}, "user"),
        ("/items", {"most": 101}, "most"),
    ],
)
def test_what_the_caller_did_wrong_names_the_field(
    client: TestClient, path: str, body: dict[str, Any], field: str
) -> None:
    ((place, message),) = faults(client, path, 422, **body)
    assert place == ["body", field]
    assert message


def test_somebody_of_whom_nothing_follows_is_refused(
    trained: Path, client: TestClient, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictor._newcomers._folding, "agreement", 0.5)
    ((place, message),) = faults(client, "/recommend", 422, user="new", history=ITEMS)
    assert place == ["body", "history"]
    assert "mean cosine 0.50" in message


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"user"', 422), (b'{"user": NaN}', 422), (b"[" * 100_000, 400), (b" " * (LARGEST_BODY + 1), 413)],
)
def test_bodies_that_are_none_are_refused_in_the_same_form(
    client: TestClient, body: bytes, status: int
) -> None:
    head = {"Content-Type": "application/json"}
    response = client.post("/recommend", content=body, headers=head)
    assert response.status_code == status
    assert response.json()["detail"][0].keys() == {"loc", "msg", "type"}
    # In pieces, without its length told, a body is no larger.
    response = client.post("/recommend", content=iter([body[:9], body[9:]]), headers=head)
    assert response.status_code == status


def test_a_path_that_is_none_and_another_method_have_that_form_too(client: TestClient) -> None:
    ((place, message),) = faults(client, "/nothing", 404)
    assert place == []
    assert message.startswith("no such path here: /openapi.json has them all")
    assert client.get("/recommend").status_code == 405
    assert client.get("/recommend").headers["Allow"] == "POST"


def test_a_token_is_wanted_for_all_but_the_page_and_the_health(predictor: Predictor) -> None:
    with TestClient(create_app(predictor, token="secret")) as client:
        assert client.get("/health").json() == {
            "status": "ok",
            "users": 60,
            "items": 50,
            "answers": ["recommend", "rank", "explain", "neighbours"],
        }
        assert client.get("/").status_code == 200
        paths = client.app.openapi()["paths"]
        locked = [path for path in (*paths, "/openapi.json") if path != "/health"]
        assert len(locked) == 10
        for path in locked:
            call = client.post if "post" in paths.get(path, {}) else client.get
            for head in ({}, {"Authorization": "Bearer secre"}, {"Authorization": "Basic secret"}):
                refused = call(path, headers=head)
                assert refused.status_code == 401
                assert refused.headers["WWW-Authenticate"] == "Bearer"
            assert call(path, headers={"Authorization": "Bearer secret"}).status_code in (200, 422)


def test_other_names_than_the_own_are_refused(predictor: Predictor) -> None:
    with TestClient(create_app(predictor, hosts=("localhost",))) as client:
        assert client.get("/health", headers={"Host": "elsewhere.example"}).status_code == 400
        assert client.get("/health", headers={"Host": "localhost:8000"}).status_code == 200


def test_too_many_and_too_slow_have_their_status(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.serving.batching.Batching.run", never)
    with TestClient(create_app(predictor, Limits(waiting=1, seconds=0.05))) as client:
        # Nothing is answered: the first waits until its time is over, and stays in the queue.
        assert faults(client, "/recommend", 504, user=USER) == [([], "no answer within 0.05 seconds")]
        full = client.post("/recommend", json={"user": USER})
        assert full.status_code == 503
        assert full.headers["Retry-After"] == "1"
        assert client.get("/health").status_code == 200
        assert 'peapod_requests_total{path="/recommend",status="503"} 1.0' in client.get("/metrics").text
        assert "\npeapod_waiting 1.0\n" in client.get("/metrics").text


async def never(self: object) -> None:
    """Answer nothing."""


def test_a_fault_of_ours_is_status_500_and_its_place_is_logged_without_ids(
    client: TestClient,
    predictor: Predictor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(self: object, checked: list[Any]) -> None:
        raise KeyError(checked[0].request.user)

    monkeypatch.setattr(Predictor, "answer_checked", broken)
    monkeypatch.setattr(logging.getLogger("pipeline"), "propagate", True)
    with caplog.at_level(logging.INFO, "pipeline"):
        ((place, message),) = faults(client, "/recommend", 500, user=USER)
    assert place == []
    assert message == "a fault of the service; its log says where"
    assert "KeyError at " in caplog.text
    assert "test_app.py" in caplog.text
    assert USER not in caplog.text


def test_neither_log_nor_figures_hold_ids(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger("pipeline"), "propagate", True)
    with caplog.at_level(logging.INFO, "pipeline"):
        asked(client, "/recommend", user=USER)
        faults(client, "/recommend", 422, user="somebody")
        faults(client, f"/recommend/{USER}", 404)
        faults(client, f"/recommend?user={USER}", 422)
    lines = [record.getMessage() for record in caplog.records if record.name == "pipeline.serving.watching"]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "POST /recommend 200",
        "POST /recommend 422",
        "POST (none) 404",
        "POST /recommend 422",
    ]
    told = client.get("/metrics").text
    assert not [one for one in (USER, "somebody") if one in told]
    assert 'peapod_requests_total{path="/recommend",status="422"} 2.0' in told
    assert "peapod_batch_size_count 1.0" in told


def test_three_as_json_writes_it(client: TestClient) -> None:
    head = {"Content-Type": "application/json"}
    for number in (b"3", b"3.0"):
        found = client.post("/recommend", content=b'{"user": "SYN-U-0001", "top": %s}' % number, headers=head)
        assert len(found.json()["recommendations"]) == 3
    for number in (b'"3"', b"true", b"3.5", b"null"):
        found = client.post("/recommend", content=b'{"user": "SYN-U-0001", "top": %s}' % number, headers=head)
        assert found.status_code == 422


@pytest.mark.parametrize(
    ("tasks", "explains", "named"),
    [
        ((SEQUENTIAL,), True, ["recommend", "neighbours"]),
        ((TOPN, CHOICE), True, ["rank", "neighbours"]),
        ((SEQUENTIAL, EXPLANATION), False, ["recommend", "neighbours"]),
        ((EXPLANATION,), True, ["explain", "neighbours"]),
    ],
)
def test_a_model_without_a_task_has_no_path_for_it(
    predictor: Predictor,
    monkeypatch: pytest.MonkeyPatch,
    tasks: tuple[Task, ...],
    explains: bool,
    named: list[str],
) -> None:
    monkeypatch.setattr(predictor, "tasks", tasks)
    monkeypatch.setattr(predictor, "_bundle", replace(predictor._bundle, explains=explains))
    with TestClient(create_app(predictor)) as client:
        assert client.get("/health").json()["answers"] == named
        paths = client.get("/openapi.json").json()["paths"]
        for path, body in (
            ("recommend", {}),
            ("rank", {"candidates": ITEMS}),
            ("explain", {"item": ITEMS[0]}),
            ("neighbours", {}),
        ):
            assert (f"/{path}" in paths) == (path in named)
            asked_ = client.post(f"/{path}", json={"user": USER, **body})
            assert asked_.status_code == (200 if path in named else 404)


def test_a_model_of_the_choice_task_alone_is_refused_before_anybody_asks(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictor, "tasks", (CHOICE,))
    with pytest.raises(
        ValueError, match=r"trained for the choice task alone.*sequential, topn or explanation"
    ):
        create_app(predictor)
    with pytest.raises(
        RequestError, match=r"isn't trained for the sequential task; prompts\.tasks had choice"
    ):
        predictor.recommend(USER)
