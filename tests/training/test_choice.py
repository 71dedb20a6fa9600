import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tasks.base import Task
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from pipeline.training.choice import WORST, Measured, geometric_mean, standing

EQUAL = {SEQUENTIAL: 2.0, EXPLANATION: 1.0}


def measured(sequential: float, explanation: float) -> dict[Task, Measured]:
    return {
        SEQUENTIAL: Measured("NDCG@10", sequential),
        EXPLANATION: Measured("ROUGE-L", explanation),
    }


def test_a_tenth_more_counts_the_same_in_every_task() -> None:
    """By hand: sqrt(0.5 * 32) = 4; a tenth more of one is as good as of the other, 11 % outdo 10 %."""
    assert standing(EQUAL, measured(0.5, 32.0)).score == pytest.approx(4.0, rel=1e-12)
    one, other = (standing(EQUAL, measured(*pair)).score for pair in ((0.55, 32.0), (0.5, 35.2)))
    assert one == pytest.approx(other, rel=1e-12)
    assert standing(EQUAL, measured(0.555, 32.0)) > standing(EQUAL, measured(0.5, 35.2))


def test_metrics_decide_whatever_the_loss_says() -> None:
    worse = {task: loss + 1 for task, loss in EQUAL.items()}
    assert standing(worse, measured(0.5, 33.0)) > standing(EQUAL, measured(0.5, 32.0))


@pytest.mark.parametrize("metrics", [{}, measured(0.0, 32.0), measured(0.5, 32.0)])
def test_between_equals_the_lower_mean_loss_is_better(metrics: dict[Task, Measured]) -> None:
    better = EQUAL | {SEQUENTIAL: 1.9}
    assert standing(better, metrics) > standing(EQUAL, metrics)
    assert not standing(EQUAL, metrics) > standing(EQUAL, metrics)


def test_every_epoch_is_better_than_none() -> None:
    assert standing({TOPN: 1e30}, {}) > WORST


@given(st.lists(st.floats(1e-3, 100), min_size=1, max_size=5))
def test_the_geometric_mean_lies_between_the_ends(values: list[float]) -> None:
    mean = geometric_mean(values)
    assert min(values) * (1 - 1e-9) <= mean <= max(values) * (1 + 1e-9)
    assert math.log(mean) == pytest.approx(sum(map(math.log, values)) / len(values), abs=1e-9)
