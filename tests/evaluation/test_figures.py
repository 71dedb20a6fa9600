import json

import numpy as np
import pytest

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.figures import estimated, exact, ranking_figures, rounded
from pipeline.evaluation.uncertainty import Interval

CONFIG = EvaluationConfig(sequential_cutoffs=(5,), topn_cutoffs=(5,), resamples=100, confidence=0.95)


def test_rounding_and_no_negative_zero():
    assert rounded(0.12345678) == 0.123457
    assert json.dumps(rounded(-1e-9)) == "0.0"
    assert exact(1 / 3) == {"value": 0.333333}
    assert estimated(Interval(0.5, -1e-9, 2 / 3)) == {"value": 0.5, "low": 0.0, "high": 0.666667}


def test_methods_and_differences():
    ranks = {"a": np.array([1, 2, 0, 6]), "b": np.array([0, 1, 1, 0])}
    found = ranking_figures(ranks, (1, 5), CONFIG, np.random.default_rng(0), model="a", compared=("b",))
    assert set(found) == {"a", "b", "difference_to_b"}
    assert list(found["a"]) == ["HR@1", "HR@5", "NDCG@5"]
    assert found["a"]["HR@5"]["value"] == 0.5
    assert found["difference_to_b"]["HR@1"]["value"] == -0.25


def test_a_method_minus_itself_is_exactly_nought():
    ranks = {"a": np.arange(50) % 12, "b": np.arange(50) % 12}
    found = ranking_figures(ranks, (5,), CONFIG, np.random.default_rng(0), model="a", compared=("b",))
    assert found["difference_to_b"]["NDCG@5"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found["a"] == found["b"]
    assert found["a"]["HR@5"]["low"] < found["a"]["HR@5"]["high"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sequential_cutoffs": ()},
        {"topn_cutoffs": (0,)},
        {"resamples": 0},
        {"confidence": 1.0},
    ],
)
def test_config_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        EvaluationConfig(**(CONFIG.model_dump() | wrong))
