import pytest

from pipeline.explanations.evidence import LEAST, Corrections, Evidence, Statement, correctable
from pipeline.explanations.polarity import PriorPolarity


@pytest.fixture(scope="module")
def polarity():
    return PriorPolarity()


def corpus(**pairs):
    """Evidence of a corpus whose praise goes with good ratings, and of pairs "feature_opinion"=(prior, ups,
    downs, partner) with ups and downs in reviews."""
    evidence = Evidence()
    for wanted, praised, blamed in ((1, 900, 100), (-1, 20, 200)):
        for _ in range(praised):
            evidence.add([Statement("sound", "great", 1)], wanted)
        for _ in range(blamed):
            evidence.add([Statement("sound", "bad", -1)], wanted)
    for name, (prior, ups, downs, partner) in pairs.items():
        feature, opinion = name.split("_")
        for wanted, number in ((1, ups), (-1, downs)):
            for _ in range(number):
                evidence.add([Statement(feature, opinion, prior, partner)], wanted)
    return evidence


def test_ratings_turn_a_pair_but_not_the_word_elsewhere(polarity):
    found = corpus(amp_loud=(-1, 30, 0, 0), fan_loud=(-1, 2, 20, 0)).corrections(polarity)
    assert found.sentiment("amp", "loud", -1) == 1
    assert found.sentiment("tube amp", "loud", -1) == 1
    assert found.sentiment("fan", "loud", -1) == -1
    assert found.sentiment("dryer", "loud", -1) == -1
    assert found.sentiment("amp", "loud", 1) == 1
    assert len(found) == 1


def test_praise_in_bad_reviews_alone_turns_too(polarity):
    assert corpus(hair_cool=(1, 0, 15, 0)).corrections(polarity).sentiment("hair", "cool", 1) == -1


@pytest.mark.parametrize(
    "pair",
    [
        (-1, LEAST - 1, 0, 0),  # too few
        (-1, 30, 20, 0),  # blame's own mixture of ratings
        (-1, 330, 70, 0),  # the usual ratings: neutral
        (-1, 30, 0, -1),  # the conjunctions take the prior's side
    ],
)
def test_weak_or_divided_evidence_changes_nothing(polarity, pair):
    assert len(corpus(amp_loud=pair).corrections(polarity)) == 0


def test_conjunctions_turn_a_word_over_all_features(polarity):
    found = corpus(amp_loud=(-1, 8, 0, 1), box_loud=(-1, 8, 0, 1)).corrections(polarity)
    assert found.sentiment("siren", "loud", -1) == 1


def test_firm_words_and_structures_never_turn(polarity):
    for opinion in ("great", "not great", "too loud", "problem", "broke", "hate", ""):
        assert not correctable(opinion, polarity)
    assert correctable("loud", polarity)
    assert len(corpus(amp_awful=(-1, 90, 0, 1)).corrections(polarity)) == 0


def test_ratings_that_say_nothing_weigh_nothing(polarity):
    evidence = Evidence()
    for wanted in (1, -1) * 50:
        evidence.add([Statement("amp", "loud", -1), Statement("amp", "clear", 1)], wanted)
    assert evidence._shares() == [0.5, 0.5]
    assert len(evidence.corrections(polarity)) == 0
    assert len(Evidence().corrections(polarity)) == 0


def test_a_review_counts_once_and_an_undecided_one_not_at_all():
    evidence = Evidence()
    evidence.add([Statement("amp", "loud", -1)] * 3, 1)
    evidence.add([Statement("amp", "loud", -1)], 0)
    assert evidence.ratings[("amp", "loud", -1), 1] == 1


def test_batches_add_up(polarity):
    whole, parts = corpus(amp_loud=(-1, 30, 0, 0)), Evidence()
    for _ in range(2):
        parts.update(corpus(amp_loud=(-1, 15, 0, 0)))
    assert parts.ratings[("amp", "loud", -1), 1] == whole.ratings[("amp", "loud", -1), 1]
    assert Corrections().sentiment("amp", "loud", -1) == -1
