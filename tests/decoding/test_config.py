"""Section `assistant`: what is refused."""

import pytest
from pydantic import ValidationError

from pipeline.decoding.config import AssistantConfig


@pytest.mark.parametrize(
    "weights", [(1.0, 0.5), (0.5, 0.0), (1.0, 1.0, 0.0), (1.0, 0.0, 1.5), (1.0, 0.0, -0.1)]
)
def test_both_parts_alone_are_tried_and_each_weight_once(weights: tuple[float, ...]) -> None:
    assert AssistantConfig(weights=(1.0, 0.3, 0.0), validation_answers=0).weights == (1.0, 0.3, 0.0)
    with pytest.raises(ValidationError, match="each once, from 0 to 1, with 1"):
        AssistantConfig(weights=weights, validation_answers=0)
