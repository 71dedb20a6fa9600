"""Section `evaluation`: what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.evaluation.config import EvaluationConfig


def config(**changes: Any) -> EvaluationConfig:
    told: dict[str, Any] = {
        "baselines": ("most_popular", "ease"),
        "explanation_baselines": (),
        "sequential_cutoffs": (5,),
        "topn_cutoffs": (5,),
        "resamples": 50,
        "confidence": 0.9,
    }
    return EvaluationConfig(**(told | changes))


def test_no_assistant_is_needed_and_each_is_called_by_the_model_and_its_name() -> None:
    assert config().assisted == []
    assert config(assistants=("ease",)).assisted == ["peapod_ease"]


def test_an_assistant_has_to_run_alone_too() -> None:
    with pytest.raises(ValidationError, match="assistants names bpr, hgn, baselines doesn't: add them there"):
        config(assistants=("ease", "bpr", "hgn"))


def test_an_assistant_is_named_once() -> None:
    with pytest.raises(ValidationError, match="each of assistants once"):
        config(assistants=("ease", "ease"))
