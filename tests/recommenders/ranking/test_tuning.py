import numpy as np
import pytest

from pipeline.recommenders.base import BaselineError, Fitted, TrainingData
from pipeline.recommenders.config import BaselinesConfig
from pipeline.recommenders.ranking.tuning import Validation, advice, mean_ndcg, search

SECTIONS = {name: BaselinesConfig.model_fields[name] for name in ("bpr", "ease", "item_knn")}
DATA = TrainingData([np.array([0]), np.array([1]), np.array([2, 3])], None, 4)
VALIDATION = Validation(np.array([0, 1]), DATA.histories[:2], np.array([1, 0]))


def test_ndcg_by_hand():
    assert mean_ndcg(np.array([1, 3, 11])) == pytest.approx((1 + 0.5 + 0) / 3)
    assert mean_ndcg(np.array([], dtype=int)) == 0.0


def fit_towards(data, settings, seed):
    """Scores that are right where `right` says so, and no numbers where it's negative."""

    def score(users, histories):
        scores = np.tile(np.arange(data.items, dtype=np.float32), (len(users), 1))
        scores[np.arange(len(users)), VALIDATION.targets[users]] = 99 * settings["right"]
        return scores / (settings["right"] >= 0)

    return Fitted(score)


def tried(*values):
    with np.errstate(divide="ignore", invalid="ignore"):
        settings = [{"right": value} for value in values]
        return search(fit_towards, settings, DATA, VALIDATION, 0, np.random.default_rng(0))


def test_the_best_on_validation_wins_and_the_first_of_equals():
    _, trials, best = tried(0, 1, 1)
    assert [round(trial.ndcg, 2) for trial in trials][1:] == [1.0, 1.0]
    assert best == 1
    assert trials[0].ndcg < 1


def test_divergence_counts_as_nothing_and_is_an_error_where_nothing_else_is_left():
    _, trials, best = tried(-1, 0)
    assert (trials[0].ndcg, best) == (0.0, 1)
    with pytest.raises(
        BaselineError, match=r"every configuration diverged, leave it out of evaluation\.baselines"
    ):
        tried(-1)


def test_only_a_method_that_has_a_learning_rate_is_told_to_lower_it():
    advised = {name: advice(dict.fromkeys(SECTIONS[name].annotation.model_fields)) for name in SECTIONS}
    assert advised == {
        "bpr": "lower its learning_rate in section baselines",
        "ease": "raise its regularization in section baselines",
        "item_knn": "leave it out of evaluation.baselines",
    }
