"""A recommender's probabilities, and what they are fitted to."""

import numpy as np
import pytest

from pipeline.recommenders.base import Validation
from pipeline.recommenders.ranking.probabilities import TIES, Probabilities


def probabilities(table: list[list[float]], counts: list[int], seed: int = 0) -> Probabilities:
    """Those of fixed scores, a row a user."""
    scores = np.array(table, dtype=np.float32)
    return Probabilities(lambda users, _: scores[users], np.array(counts), np.random.default_rng(seed))


def test_probabilities_by_hand() -> None:
    # Of the known items 0, 1 and 2 the scores are 2, 4 and 6: lowest 2, standard deviation sqrt(8 / 3).
    advice = probabilities([[2, 4, 6, 100]], [1, 1, 1, 0])
    advice.exponent = 3.0
    z = np.array([0, 2, 4]) / np.sqrt(8 / 3)
    (found,) = advice(np.array([0]), [np.array([0])])
    # Ties take no more than TIES, and what train never shows stands behind the worst.
    np.testing.assert_allclose(found[:3], 3 * np.log(1 + z), atol=TIES)
    assert found[:3].min() - 2 * TIES <= found[3] < found[:3].min()


def test_a_scale_of_the_scores_changes_nothing() -> None:
    table = np.random.default_rng(0).normal(size=(3, 8))
    users, none = np.arange(3), [np.array([], dtype=np.int32)] * 3
    one = probabilities(table.tolist(), [1] * 8)(users, none)
    two = probabilities((table * 1000 - 7).tolist(), [1] * 8)(users, none)
    np.testing.assert_allclose(one, two, atol=1e-4)


def test_of_one_score_for_all_no_item_is_likelier_but_all_stand_in_an_order() -> None:
    (found,) = probabilities([[0.0] * 50], [1] * 50)(np.array([0]), [np.array([])])
    assert len(set(found)) == 50
    assert np.ptp(found) < TIES
    (other,) = probabilities([[0.0] * 50], [1] * 50, seed=1)(np.array([0]), [np.array([])])
    assert found.argsort().tolist() != other.argsort().tolist()


def test_the_exponent_is_the_one_that_choices_were_drawn_with() -> None:
    rng = np.random.default_rng(0)
    users = 4000
    items = 12
    exponent = 2.5
    table = rng.normal(size=(users, items))
    advice = probabilities(table.tolist(), [1] * items)
    rises = advice.rises(np.arange(users), [])
    # Everybody has item 0, which isn't asked for.
    shares = np.exp(exponent * rises) * (np.arange(items) > 0)
    shares /= shares.sum(axis=1, keepdims=True)
    chosen = (shares.cumsum(axis=1) < rng.random((users, 1))).sum(axis=1)
    # User 0 a second time, with a choice that doesn't count.
    asked = np.append(np.arange(users), 0)
    loss = advice.fit(Validation(asked, [np.array([0])] * len(asked), np.append(chosen, 0)))
    assert advice.exponent == pytest.approx(exponent, rel=0.1)
    assert loss == pytest.approx(-np.log(shares[np.arange(users), chosen]).mean(), rel=0.05)


def test_nothing_to_fit_to_leaves_the_exponent_as_it_is() -> None:
    advice = probabilities([[0.0, 1.0]], [1, 1])
    assert advice.fit(Validation(np.array([0]), [np.array([1])], np.array([1]))) == 0.0
    assert advice.exponent == 1.0
