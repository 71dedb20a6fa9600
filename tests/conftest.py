import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from tests import tiny
from tests.end_to_end.runs import TRAINED, run

# Models here are tiny: threads would only wait for each other.
torch.set_num_threads(1)

# A busy machine is no fault of the code: no test fails for the time that it takes.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A stage that ran as a command leaves a handler on its test's stream, which is closed afterwards."""
    logger = logging.getLogger("pipeline")
    handlers = logger.handlers[:]
    propagate = logger.propagate
    level = logger.level
    yield
    logger.handlers = handlers
    logger.propagate = propagate
    logger.setLevel(level)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the stages leave, up to the predictions."""
    with pytest.MonkeyPatch.context() as patch:
        return run(patch, tmp_path_factory.mktemp("run"), TRAINED, last="generate")


@pytest.fixture
def workspace(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, as the current one."""
    monkeypatch.chdir(trained)
    return trained


@pytest.fixture(params=tiny.BACKBONES)
def every_backbone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let `tiny_model` stand on each backbone in turn."""
    monkeypatch.setattr(tiny, "DEFAULT", request.param)
    return str(request.param)
