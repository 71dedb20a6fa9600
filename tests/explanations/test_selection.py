import pytest

from pipeline.explanations.lexicon import FeatureCounts
from pipeline.explanations.selection import Candidate, Outcome, choose, wanted_sentiment

SENTENCES = [
    "The sound is good and clear .",
    "Short strap .",
    "The strap is flimsy but sound is good .",
    "Is the tone good or what ?",
]
COUNTS = FeatureCounts()
for _name, _times in {"sound": 5, "strap": 3, "tone": 9}.items():
    for _ in range(_times):
        COUNTS.add(_name)


def pick(candidates, rating=5.0, sentences=SENTENCES, words=(4, 40)):
    return choose(candidates, sentences, rating, COUNTS, words)


@pytest.mark.parametrize(("rating", "sign"), [(5, 1), (4, 1), (3, 0), (2, -1), (1, -1), (None, 0), (3.5, 0)])
def test_rating_asks_for_a_sign(rating, sign):
    assert wanted_sentiment(rating) == sign


def test_outcomes():
    good, bad = Candidate(0, "sound", "good", 1), Candidate(1, "strap", "short", -1)
    assert pick([]).outcome == Outcome.NO_FREQUENT_FEATURE
    assert pick([bad]).outcome == Outcome.POLARITY_DISAGREES
    assert pick([bad], rating=1.0).outcome == Outcome.UNREADABLE_LENGTH
    assert pick([good, bad]).candidate == good
    assert pick([good, bad], rating=1.0, words=(3, 40)).candidate == bad
    assert pick([bad], rating=3.0, words=(3, 3)).outcome == Outcome.EXPLAINED
    assert pick([bad], rating=None, words=(4, 4)).outcome == Outcome.UNREADABLE_LENGTH


def test_prefers_a_sentence_without_contradiction():
    mixed = [Candidate(2, "sound", "good", 1), Candidate(2, "strap", "flimsy", -1)]
    clear = Candidate(0, "strap", "good", 1)
    assert pick([*mixed, clear]).candidate == clear
    assert pick([*mixed, clear]).score > pick(mixed).score


def test_prefers_a_statement_to_a_question_and_short_to_long():
    assert pick([Candidate(3, "tone", "good", 1), Candidate(0, "strap", "good", 1)]).candidate.sentence == 0
    long = ["The sound is good " + "and so on " * 8, "The strap is good ."]
    found = pick([Candidate(0, "sound", "good", 1), Candidate(1, "strap", "good", 1)], sentences=long)
    assert found.candidate.sentence == 1


def test_prefers_two_features_then_the_more_frequent_then_the_earlier():
    two = ["The strap and sound are good .", "The tone is really good .", "The tone is so good ."]
    pair = [Candidate(0, "strap", "good", 1), Candidate(0, "sound", "good", 1)]
    tone, again = Candidate(1, "tone", "good", 1), Candidate(2, "tone", "good", 1)
    assert pick([*pair, tone], sentences=two).candidate == pair[1]
    assert pick([pair[0], tone], sentences=two).candidate == tone
    assert pick([tone, again], sentences=two).candidate == tone


def test_the_length_of_a_sentence_without_spaces_is_in_characters():
    good = Candidate(0, "sound", "好", 1)
    assert pick([good], sentences=["声音很好。"]).outcome == Outcome.EXPLAINED
    assert pick([good], sentences=["好音。"]).outcome == Outcome.UNREADABLE_LENGTH
    assert pick([good], sentences=["好" * 41]).outcome == Outcome.UNREADABLE_LENGTH
