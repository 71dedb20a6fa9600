import json

import numpy as np
import pytest

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import estimated, exact, ranking_figures, rounded
from pipeline.evaluation.schema.document import Estimate
from pipeline.evaluation.uncertainty import Interval

CONFIG = EvaluationConfig(
    baselines=("most_popular",),
    explanation_baselines=(),
    sequential_cutoffs=(5,),
    topn_cutoffs=(5,),
    resamples=100,
    confidence=0.95,
)


def test_rounding_and_no_negative_zero():
    assert rounded(0.12345678) == 0.123457
    assert json.dumps(rounded(-1e-9)) == "0.0"
    assert exact(1 / 3) == Estimate(value=0.333333)
    assert estimated(Interval(0.5, -1e-9, 2 / 3)) == Estimate(value=0.5, low=0.0, high=0.666667)


def test_methods_and_differences():
    ranks = {"a": np.array([1, 2, 0, 6]), "b": np.array([0, 1, 1, 0])}
    found, gaps = ranking_figures(ranks, (1, 5), CONFIG, np.random.default_rng(0), model="a", compared=("b",))
    assert (set(found), set(gaps)) == ({"a", "b"}, {"b"})
    assert list(found["a"]) == ["HR@1", "HR@5", "NDCG@5"]
    assert found["a"]["HR@5"].value == 0.5
    assert gaps["b"]["HR@1"].value == -0.25


def test_a_method_minus_itself_is_exactly_zero():
    ranks = {"a": np.arange(50) % 12, "b": np.arange(50) % 12}
    found, gaps = ranking_figures(ranks, (5,), CONFIG, np.random.default_rng(0), model="a", compared=("b",))
    zero = Estimate(value=0.0, low=0.0, high=0.0, p=1.0, p_adjusted=1.0)
    assert gaps["b"]["NDCG@5"] == zero
    assert found["a"] == found["b"]
    assert found["a"]["HR@5"].low < found["a"]["HR@5"].high


def test_p_values_are_adjusted_for_all_differences_together():
    ranks = {"a": np.ones(40, int), "b": np.zeros(40, int), "c": np.zeros(40, int)}
    found, gaps = ranking_figures(ranks, (1, 5), CONFIG, np.random.default_rng(0), "a", ("b", "c"))
    # The smallest p of 100 resamples is 2 / 101; 2 methods x 3 metrics are compared.
    for name in ("b", "c"):
        for figure in gaps[name].values():
            assert figure.p == pytest.approx(2 / 101, abs=1e-6)
            assert figure.p_adjusted == pytest.approx(12 / 101, abs=1e-6)
    assert found["a"]["HR@1"].p is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"baselines": ("sasrec",)},
        {"baselines": ("most_popular", "most_popular")},
        {"baselines": ("most_popular", "../x")},
        {"sequential_cutoffs": ()},
        {"topn_cutoffs": (0,)},
        {"resamples": 0},
        {"confidence": 1.0},
    ],
)
def test_config_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        EvaluationConfig(**(CONFIG.model_dump() | wrong))
