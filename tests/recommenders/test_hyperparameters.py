import numpy as np

from pipeline.recommenders.config import FactorsSettings
from pipeline.recommenders.hyperparameters import configurations, middle

GRID = FactorsSettings.model_validate(
    {"factors": [2, 4], "epochs": 3, "learning_rate": [0.1, 0.2], "regularization": 0.0}
)


def test_a_grid_in_full_where_the_budget_allows():
    found = configurations(GRID, 4, np.random.default_rng(0))
    assert [(one["factors"], one["learning_rate"]) for one in found] == [
        (2, 0.1),
        (2, 0.2),
        (4, 0.1),
        (4, 0.2),
    ]
    assert {one["epochs"] for one in found} == {3}


def test_a_budget_draws_distinct_configurations_by_seed():
    draws = [configurations(GRID, 2, np.random.default_rng(seed)) for seed in range(20)]
    assert all(one[0] != one[1] for one in draws)
    assert draws[3] == configurations(GRID, 2, np.random.default_rng(3))
    assert any(one != draws[0] for one in draws)


def test_the_middle_of_each_list_and_the_later_of_two():
    assert middle(GRID) == {"factors": 4, "epochs": 3, "learning_rate": 0.2, "regularization": 0.0}
    three = GRID.model_copy(update={"factors": (2, 4, 8)})
    assert middle(three)["factors"] == 4
