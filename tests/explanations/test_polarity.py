import pytest

from pipeline.explanations.polarity import PriorPolarity, _vader, guess
from pipeline.explanations.wordlists import NEGATIVE, NEUTRAL, POSITIVE


@pytest.fixture(scope="module")
def polarity():
    return PriorPolarity()


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        ("great", 1),
        ("horrible", -1),
        ("sturdy", 1),  # in no bundled lexicon
        ("flimsy", -1),
        ("sturdier", 1),
        ("flimsiest", -1),
        ("main", 0),
        ("blorptastic", 0),
    ],
)
def test_signs(polarity, word, sign):
    assert polarity(word) == sign


def test_membership_tells_neutral_from_unknown(polarity):
    assert "main" in polarity
    assert "blorptastic" not in polarity


def test_guess_reads_the_form():
    assert guess("unresponsive") == -1
    assert guess("soulless") == -1
    assert guess("crunchy") == 1


def test_own_lists_do_not_contradict_each_other():
    assert not POSITIVE & NEGATIVE
    assert not (POSITIVE | NEGATIVE) & NEUTRAL


def test_missing_lexicon_says_what_is_missing(monkeypatch):
    monkeypatch.setattr("pipeline.explanations.polarity.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="vaderSentiment isn't installed"):
        _vader()
