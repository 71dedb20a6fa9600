"""The texts' part of the scores, by hand and beside scikit-learn's own cosines, and both parts together."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from pipeline.recommenders.base import BaselineError, TrainingData
from pipeline.recommenders.cooccurrence import fit_cooccurrence
from pipeline.recommenders.cooccurrence_text import (
    cosines,
    fit_cooccurrence_text,
    share_of_maximum,
)
from pipeline.recommenders.parts.cooccurrence import newest_items
from pipeline.recommenders.parts.tfidf import tfidf

TEXTS = ["red lip gloss", "red lip balm", "blue nail file", "", "Red red gloss"]
HISTORIES = [np.array([0, 2]), np.array([2, 3]), np.array([1, 3, 0])]
SETTINGS = {"history": 3, "gap_exponent": 1.0, "age_exponent": 1.0, "backward": 0.3, "text_weight": 0.6}


def test_cosines_by_hand():
    # "red" stands in three of four texts, "gloss" in two and "file" in one: it counts as little as no text.
    # Its weight is 1 + log((1 + 4) / (1 + n)): a of red, b of gloss; twice red counts 1 + log 2 times.
    texts = ["red", "gloss red", "red red", "file"]
    a, twice = 1 + np.log(5 / 4), 1 + np.log(2)
    found = tfidf(texts)
    assert found.shape == (4, 1)
    np.testing.assert_allclose((found @ found.T).toarray(), [[1, 1, 1, 0]] * 3 + [[0] * 4], atol=1e-6)
    both = tfidf([*texts, "gloss"])
    a, b = 1 + np.log(6 / 4), 1 + np.log(6 / 3)
    wanted = a / np.hypot(a, b)
    np.testing.assert_allclose((both @ both.T)[0, 1], wanted, atol=1e-6)
    np.testing.assert_allclose((both @ both.T)[1, 4], b / np.hypot(a, b), atol=1e-6)
    twofold = tfidf(["red red gloss", "red", "gloss"])
    np.testing.assert_allclose((twofold @ twofold.T)[0, 1], twice / np.hypot(twice, 1), atol=1e-6)


def test_the_texts_part_is_scikit_learns_cosines_weighed_by_age():
    whole = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit_transform(TEXTS)
    alike = cosine_similarity(whole)
    found = cosines(newest_items(HISTORIES, 5, length=2, exponent=1.0), tfidf(TEXTS))
    wanted = [alike[2] + alike[0] / 2, alike[3] + alike[2] / 2, alike[0] + alike[3] / 2]
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_each_part_is_divided_by_its_maximum_outside_the_history():
    scores = np.array([[4.0, 1.0, 2.0], [3.0, 0.0, 0.0]])
    assert share_of_maximum(scores, [np.array([0]), np.array([0])]).tolist() == [[0, 0.5, 1], [0, 0, 0]]
    assert scores[0, 0] == 4


def test_both_parts_by_hand():
    data = TrainingData(HISTORIES, None, 5, texts=TEXTS)
    user, history = np.array([0]), [np.array([0])]
    counted = fit_cooccurrence(data, SETTINGS, 0).score(user, history)
    alike = cosines(newest_items(history, 5, length=3, exponent=1.0), tfidf(TEXTS))
    counted[0, 0] = alike[0, 0] = 0
    wanted = counted / counted.max() + 0.6 * alike / alike.max()
    found = fit_cooccurrence_text(data, SETTINGS, 0).score(user, history)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert found.dtype == np.float32
    # Item 2 came after item 0 in a history, with no word in common; item 4 has words in common with it alone.
    assert found[0, 2] == 1
    assert 0 < found[0, 4] < 0.6


def test_weight_zero_is_the_counts_alone():
    data = TrainingData(HISTORIES, None, 5, texts=TEXTS)
    users = np.arange(3)
    found = fit_cooccurrence_text(data, SETTINGS | {"text_weight": 0.0}, 0).score(users, HISTORIES)
    counted = fit_cooccurrence(data, SETTINGS, 0).score(users, HISTORIES)
    np.testing.assert_allclose(found, share_of_maximum(counted, HISTORIES), atol=1e-6)


def test_the_same_text_is_a_tie():
    texts = ["red lip gloss", "green nail", "red lip", "red lip", "green lip"]
    scores = cosines(newest_items([np.array([0, 1])], 5, length=2, exponent=0.7), tfidf(texts))
    assert scores[0, 2] == scores[0, 3] != scores[0, 4]


@pytest.mark.parametrize("texts", [None, ["", ""], ["red gloss", "blue file"], ["a", "a"]])
def test_nothing_in_common_says_what_to_do(texts):
    data = TrainingData([np.array([0, 1])], None, 2, texts=texts)
    with pytest.raises(BaselineError, match=r"cooccurrence_text needs item metadata.*dataset\.metadata"):
        fit_cooccurrence_text(data, SETTINGS, 0)
