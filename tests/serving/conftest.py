from pathlib import Path

import pytest

from pipeline.serving import Predictor
from stages.predictor import read_predictor


@pytest.fixture
def predictor(workspace: Path) -> Predictor:
    """Of the model that all stages left in the workspace."""
    return read_predictor()
