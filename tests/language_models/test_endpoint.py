"""An address that answers as OpenAI's does: a server of this machine stands in."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest

from pipeline.language_models import endpoint
from pipeline.language_models.base import LanguageModelError
from pipeline.language_models.load import load_language_model

SECRET = "sk-not-to-be-seen"


class Server(HTTPServer):
    """Counts characters in place of a model; answers with `statuses` first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, Any], str | None]] = []
        self.statuses: list[int] = []
        self.echoes = True


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked, self.headers.get("Authorization")))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        text = json.dumps(self._answer(asked) if status == 200 else {"error": f"no, {SECRET} is wrong"})
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.path == "/v1/embeddings":
            # Not in the order of the texts.
            data = [{"index": n, "embedding": [len(text), n]} for n, text in enumerate(asked["input"])]
            return {"data": data[::-1]}
        if self.path == "/v1/chat/completions":
            said = asked["messages"][0]["content"][: asked["max_tokens"]]
            return {"choices": [{"message": {"content": f" {said} "}}]}
        if not self.server.echoes:
            return {"choices": [{"text": ""}]}
        # A token per character, each of log-probability minus its place; the first has none.
        places = list(range(len(asked["prompt"])))
        values = [None, *(-float(place) for place in places[1:])]
        return {"choices": [{"logprobs": {"text_offset": places, "token_logprobs": values}}]}

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(endpoint, "WAIT", 0.0)
    monkeypatch.setenv(endpoint.KEY, SECRET)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    found = Server()
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def model_of(server: Server):
    return load_language_model(f"http://127.0.0.1:{server.server_port}/v1/#small")


def test_an_option_is_the_sum_of_its_own_tokens(server: Server) -> None:
    (found,) = model_of(server).score(["abc"], [[" Yes", " No"]])
    assert found.tolist() == [-(3 + 4 + 5 + 6), -(3 + 4 + 5)]
    path, asked, key = server.asked[0]
    assert (path, asked["model"], asked["prompt"], asked["echo"]) == (
        "/v1/completions",
        "small",
        "abc Yes",
        True,
    )
    assert key == f"Bearer {SECRET}"


def test_texts_and_vectors(server: Server) -> None:
    model = model_of(server)
    assert model.write(["hello there", "you"], 5) == ["hello", "you"]
    found = model.embed(["one", "three"])
    assert found.dtype == np.float32
    assert found.tolist() == [[3, 0], [5, 1]]


def test_what_may_pass_is_tried_again(server: Server) -> None:
    server.statuses = [503, 429]
    assert model_of(server).write(["hello"], 5) == ["hello"]
    assert len(server.asked) == 3


@pytest.mark.parametrize(("statuses", "asked"), [([401], 1), ([500] * 9, endpoint.TRIES)])
def test_what_stays_wrong_is_told_without_the_key(server: Server, statuses: list[int], asked: int) -> None:
    server.statuses = list(statuses)
    with pytest.raises(LanguageModelError, match=rf"status {statuses[0]}.*{endpoint.KEY}") as told:
        model_of(server).write(["hello"], 5)
    assert SECRET not in str(told.value)
    assert len(server.asked) == asked


def test_without_a_key_none_is_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(endpoint.KEY)
    model_of(server).write(["hello"], 5)
    assert server.asked[0][2] is None


def test_a_server_without_log_probabilities_is_told(server: Server) -> None:
    server.echoes = False
    with pytest.raises(LanguageModelError, match="no log-probabilities of the prompt"):
        model_of(server).score(["abc"], [[" Yes"]])


def test_nobody_there_and_no_model_named(server: Server) -> None:
    with pytest.raises(LanguageModelError, match="no answer"):
        load_language_model("http://127.0.0.1:9/v1#small").write(["hello"], 5)
    with pytest.raises(LanguageModelError, match="which model"):
        load_language_model("http://127.0.0.1/v1")
