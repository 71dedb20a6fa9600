from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.explanations.config import ExplanationsConfig
from pipeline.params import Section, read_params

VALID = {"min_feature_count": 5, "min_words": 4, "max_words": 40, "split": "random", "ratio": (8, 1, 1)}


class _Params(Section):
    explanations: ExplanationsConfig


def test_mirrors_the_params_file():
    path = Path(__file__).resolve().parents[2] / "params.yaml"
    assert read_params(_Params, path).explanations.ratio == (8, 1, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"min_words": 50}, r"min_words \(50\) must not exceed max_words \(40\)"),
        ({"ratio": (0, 1, 1)}, r"ratio \[0, 1, 1\] leaves nothing to train on"),
        ({"ratio": (8, -1, 1)}, "greater than or equal to 0"),
        ({"split": "time"}, "'random' or 'leave_one_out'"),
        ({"min_feature_count": 0}, "greater than or equal to 1"),
        ({"workers": -1}, "greater than or equal to 0"),
        ({"polarity": "mood"}, "'prior' or 'corpus'"),
        ({"source": "sentires"}, r"must be data/preprocessed/reviews\.parquet for source reviews"),
        ({"path": "elsewhere"}, "source is reviews"),
        ({"lexicon": "some"}, r"lexicon \(some\) is read for source sentires; source is reviews"),
    ],
)
def test_refuses(change, message):
    with pytest.raises(ValidationError, match=message):
        ExplanationsConfig(**{**VALID, **change})
