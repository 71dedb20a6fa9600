import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.explanations.lexicon import FeatureCounts, PairCounts, suffixes
from pipeline.tables import LEXICON


def test_suffixes_longest_first():
    assert suffixes("tone control knob") == ["tone control knob", "control knob", "knob"]


def test_rare_feature_falls_back_to_its_longest_frequent_end():
    counts = FeatureCounts()
    for feature in ["sound quality", "sound quality", "build quality", "blorp sound quality", "strap"]:
        counts.add(feature)
    assert counts["quality"] == 4
    assert counts.resolve("blorp sound quality", 3) == "sound quality"
    assert counts.resolve("build quality", 2) == "quality"
    assert counts.resolve("strap", 2) is None
    assert counts.resolve("strap", 1) == "strap"
    assert counts["unheard"] == 0


def test_table_orders_pairs_by_frequency_then_alphabet():
    pairs = PairCounts()
    for pair in [("b", "ok", 1), ("a", "ok", -1), ("c", "bad", -1), ("c", "bad", -1), ("c", "bad", 1)]:
        pairs.add(*pair)
    pairs.add("d", "", 0)
    table = pairs.table()
    assert table.schema == LEXICON
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("c", "bad", -1, 1, 2),
        ("a", "ok", -1, 0, 1),
        ("b", "ok", 1, 1, 0),
        ("d", "", None, 0, 0),
    ]


def test_empty_lexicon_has_the_schema():
    assert PairCounts().table().schema == LEXICON


WORDS = (*["the", "is", "a", ".", "of", "state", "sound", "tone", "control"], *map(str, range(11)))
"""Twenty common words."""


def corpus(features, background=WORDS):
    """Counts of (feature, word before, word after) on a background of the words, a hundred times each."""
    counts = FeatureCounts()
    counts.add_words(100 * background)
    for feature, before, after in features:
        counts.add(feature, before, after)
    return counts


RARE = [(word, "the", "is") for word in ("amp", "strap", "sound") for _ in range(4)]


def test_a_piece_of_a_longer_phrase_does_not_hold_up():
    always = [("state amp", "blorpy", "is")] * 3 + [("state amp", "a", "is")]
    counts = corpus([*RARE, *always])
    assert not counts.holds_up("state amp")
    assert counts.resolve("state amp", 2) == "amp"
    # Two of four are no rule, and what bounds any feature is none either.
    half = [("state amp", "blorpy", "is")] * 2 + [("state amp", "a", "is")] * 2
    assert corpus([*RARE, *half]).holds_up("state amp")
    bound = [("state amp", "the", "is")] * 4
    assert corpus([*RARE, *bound]).resolve("state amp", 2) == "state amp"


def test_right_neighbours_count_as_left_ones_do():
    cut = [("sound way", "the", "blorpy")] * 4
    assert not corpus([*RARE, *cut]).holds_up("sound way")
    # At the end of a sentence there is no neighbour.
    assert corpus([*RARE, *[("sound way", "the", "")] * 4]).holds_up("sound way")


def test_a_longer_phrase_makes_its_inner_end_a_piece():
    counts = corpus([("blorpy control knob", "the", "is")] * 4)
    assert counts.resolve("blorpy control knob", 2) == "blorpy control knob"
    assert not counts.holds_up("control knob")


def test_information_by_hand():
    # "guitar" is one of four words anywhere, and before 3 of 8 straps: log(3/8 / (1/4)) = log 1.5.
    features = [("guitar strap", "", "")] * 3 + [("strap", "", "")] * 5
    counts = corpus(features, ["the", "is", "a", "guitar"])
    assert counts.information("guitar strap") == pytest.approx(math.log(1.5))
    assert not counts.holds_up("guitar strap")
    # Before all of them, and one of five words: log 5, above the log 3 that it takes.
    counts = corpus([("guitar strap", "", "")] * 3, ["the", "is", "a", "x", "guitar"])
    assert counts.information("guitar strap") == pytest.approx(math.log(5))
    assert counts.holds_up("guitar strap")


def test_the_tail_of_an_of_phrase_is_no_feature():
    counts = corpus([("piece of gear", "the", "is")] * 3 + [("range of gear", "a", ".")] * 3)
    assert counts.resolve("set of gear", 3) == "gear"
    assert counts.resolve("piece of gear", 3) == "piece of gear"


FEATURES = st.sampled_from(["amp", "state amp", "solid state amp", "sound way", "glass of wine"])
TUPLES = st.lists(st.tuples(FEATURES, st.sampled_from(["the", "x", "y"]), st.sampled_from(["is", "z"])))


@given(TUPLES, st.integers(0, 20))
def test_batches_in_any_order_decide_alike(tuples, cut):
    whole, parts = corpus(tuples), FeatureCounts()
    for part in (corpus(tuples[cut:], []), corpus([], []), corpus(tuples[:cut])):
        parts.update(part)
    for feature, _, _ in tuples:
        for minimum in (1, 2, 3):
            assert whole.resolve(feature, minimum) == parts.resolve(feature, minimum)
