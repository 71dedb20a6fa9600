import numpy as np
import pytest

from pipeline.embeddings.feedback import FeedbackError, choose_feedback, ones_feedback, rating_feedback
from tests.embeddings.settings import embeddings_config

USERS = np.array([1, 0, 1, 1])
ITEMS = np.array([2, 0, 2, 1])
RATINGS = np.array([5.0, 3.0, 2.0, 4.0])


def test_a_repeated_pair_counts_once():
    feedback = ones_feedback(USERS, ITEMS)
    assert list(zip(feedback.users, feedback.items, feedback.values, strict=True)) == [
        (0, 0, 1.0),
        (1, 1, 1.0),
        (1, 2, 1.0),
    ]
    assert len(feedback) == 3


def test_a_repeated_pair_has_the_mean_of_its_ratings():
    feedback = rating_feedback(USERS, ITEMS, RATINGS)
    assert feedback.values.tolist() == [3.0, 4.0, 3.5]
    assert feedback.values.dtype == np.float32


def test_missing_ratings_are_named():
    with pytest.raises(FeedbackError, match=r"feedback is ratings, but 1 of 4 .* use ones"):
        rating_feedback(USERS, ITEMS, np.array([5.0, np.nan, 2.0, 4.0]))


def test_no_interactions_are_refused():
    with pytest.raises(FeedbackError, match="no train interactions"):
        ones_feedback(np.array([]), np.array([]))


def test_only_pmf_takes_ratings():
    ratings = {"feedback": "ratings"}
    assert choose_feedback(USERS, ITEMS, RATINGS, embeddings_config(pmf=ratings)).values.max() == 4.0
    bivae = embeddings_config(method="bivae", pmf=ratings)
    assert choose_feedback(USERS, ITEMS, RATINGS, bivae).values.max() == 1.0
    assert choose_feedback(USERS, ITEMS, RATINGS, embeddings_config()).values.max() == 1.0
