import numpy as np
import pytest

from pipeline.evaluation.sufficient_statistics import SufficientStatistics, ranking_sums, ratio


def test_a_ranking_as_sums_by_hand():
    found = ranking_sums(np.array([1, 3, 0, 7]), (1, 5))
    total = found.columns.sum(axis=0)
    figures = {name: float(statistic(total)) for name, statistic in found.metrics.items()}
    assert figures == pytest.approx({"HR@1": 0.25, "HR@5": 0.5, "NDCG@5": (1.0 + 0.5) / 4})


def test_rows_are_added_up_by_user_and_figures_stay():
    rows = SufficientStatistics(np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 1.0]]), {"share": ratio(0, 1)})
    users = rows.by_user(np.array([2, 0, 2]), 4)
    assert users.columns.tolist() == [[0, 1], [0, 0], [2, 2], [0, 0]]
    assert float(users.metrics["share"](users.columns.sum(axis=0))) == pytest.approx(2 / 3)
    assert users.metrics["share"](users.columns).tolist() == [0.0, 0.0, 1.0, 0.0]


def test_figures_in_the_order_asked_for_without_those_that_lack():
    rows = SufficientStatistics(np.ones((1, 2)), {"a": ratio(0, 1), "b": ratio(1, 0)})
    assert list(rows.only(("b", "c", "a")).metrics) == ["b", "a"]
