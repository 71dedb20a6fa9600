"""What every engine is held to."""

import pytest

from pipeline.runtime.engines.base import Engine
from tests.runtime.engines.tasks import PartlyError, failing, partly


def faults_come_out_as_they_are(engine: Engine) -> None:
    """What a task raises is raised here, of its own class and with what it carries."""
    with pytest.raises(ValueError) as raised:
        list(engine.map(failing, range(8)))
    assert type(raised.value) is ValueError
    assert str(raised.value) == "shard 3: no such thing"
    with pytest.raises(PartlyError) as told:
        list(engine.map(partly, [7]))
    assert told.value.number == 7
