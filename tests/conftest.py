import logging
from collections.abc import Iterator

import pytest
import torch
from hypothesis import settings

from tests import tiny

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


@pytest.fixture(params=tiny.BACKBONES)
def every_backbone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let `tiny_model` stand on each backbone in turn."""
    monkeypatch.setattr(tiny, "DEFAULT", request.param)
    return str(request.param)
