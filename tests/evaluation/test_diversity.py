import pytest

from pipeline.evaluation.diversity import distinct, feature_coverage, feature_matches, unique_sentence_ratio


def test_distinct_by_hand():
    # a b a | a b: 5 words, 2 different; pairs ab ba ab: 3, 2 different.
    assert distinct(["a b a", "a b"], 1) == pytest.approx(2 / 5)
    assert distinct(["a b a", "a b"], 2) == pytest.approx(2 / 3)
    assert distinct(["a"], 2) == 0.0


def test_unique_sentences():
    assert unique_sentence_ratio(["x", "x", "y", "x"]) == 0.5
    assert unique_sentence_ratio([]) == 0.0


def test_features_match_whole_words_whatever_the_case():
    texts = ["The Battery-life is great", "the batteries lasted", "nice price!", "ok"]
    features = ["battery life", "batter", "price", "lid"]
    assert feature_matches(texts, features).tolist() == [1.0, 0.0, 1.0, 0.0]


def test_coverage_counts_each_feature_once():
    texts = ["great battery life", "great battery life", "the lid"]
    assert feature_coverage(texts, ["battery life", "battery life", "lid", "price"]) == pytest.approx(2 / 3)
    assert feature_coverage([], []) == 0.0
