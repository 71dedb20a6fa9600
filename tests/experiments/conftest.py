"""What the tests of the command share."""

import pytest


@pytest.fixture
def sound_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone that keeps experiments, has none yet, and finds each where DVC left it."""
    monkeypatch.setattr("experiments.__main__.check_repository", lambda: "start")
    monkeypatch.setattr("experiments.__main__.check_names", lambda *arguments: None)
    monkeypatch.setattr("experiments.__main__.commit_of", lambda title: "commit")
    monkeypatch.setattr("experiments.__main__.commit_at", lambda title, start: "commit")
