from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.diversity import (
    distinct,
    feature_coverage,
    feature_matches,
    feature_overlaps,
    features_shown,
    unique_sentence_ratio,
)


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


FEATURES = ["battery life", "lid", "price"]
TEXTS = ["a lid and a price", "The lid!", "low price, tight lid", "the battery died"]


def test_features_shown_are_whole_phrases():
    assert features_shown([*TEXTS, "Battery-life"], FEATURES) == [
        {"lid", "price"},
        {"lid"},
        {"lid", "price"},
        set(),
        {"battery life"},
    ]


def test_diversity_by_hand():
    # Shared by pairs: 1 2 lid; 1 3 lid, price; 2 3 lid; none with 4: 4 features over 6 pairs.
    overlaps = feature_overlaps(TEXTS, FEATURES)
    assert overlaps.tolist() == pytest.approx([3 / 3, 2 / 3, 3 / 3, 0.0])
    assert overlaps.mean() == pytest.approx(4 / 6)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), min_size=2, max_size=8))
def test_diversity_is_the_mean_over_all_pairs(drawn):
    texts = [" ".join(words) for words in drawn]
    pairs = [len(set(one) & set(two)) for one, two in combinations(drawn, 2)]
    assert feature_overlaps(texts, list("abc")).mean() == pytest.approx(np.mean(pairs))


def test_diversity_of_little():
    assert feature_overlaps(["a"], ["a"]).tolist() == [0.0]
    assert feature_overlaps(["a", "a"], []).tolist() == [0.0, 0.0]


def test_features_are_found_in_any_script():
    texts = ["Звук хорош", "电池很好", "लीडर अच्छा", "la qualite\u0301"]
    assert feature_matches(texts, ["звук", "电池", "लीडर", "qualité"]).tolist() == [1.0] * 4
    # "लीड" with a vowel sign is another word, and "电 ... 池" isn't one.
    assert feature_matches(["लीडर", "电的池"], ["ल", "电池"]).tolist() == [0.0, 0.0]
    assert feature_coverage(texts, ["звук", "电池", "लीडर", "qualité"]) == 1.0


def test_sentences_that_look_alike_are_one():
    assert unique_sentence_ratio(["qualite\u0301", "qualité"]) == 0.5
    assert distinct(["声音好声"], 1) == pytest.approx(3 / 4)
