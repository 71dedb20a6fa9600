import pytest

from pipeline.explanations.encoding import Encoder
from pipeline.explanations.polarity import PriorPolarity
from pipeline.explanations.tagging import Tagger


@pytest.fixture(scope="module")
def encode():
    tagger, encoder = Tagger(), Encoder(PriorPolarity())

    def run(sentence):
        tokens = sentence.split()
        return encoder.encode(tokens, [token.lower() for token in tokens], tagger.tag(tokens))

    return run


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("The sound is very clear .", "DNLRJ."),
        ("I love it", "SVS"),
        ("I would love a bag", "SxvDN"),
        ("people who love it", "NWvS"),
        ("Try the bag", "VDN"),
        ("I want to try the bag", "SvTvDN"),
        ("Some strings were played", "DNLv"),
        ("Works great", "vJ"),
        ("a beautifully made case", "DKvN"),
        ("an incredibly good case", "DRJN"),
        ("It is not that bad", "SL!RJ"),
        ("a hard case", "DAN"),
        ("a little amp", "DQN"),
        ("too heavy", "RJ"),
        ("the problem area", "DNN"),
        ("the problem is", "DOL"),
        ("Windows 7 is good", "NNLJ"),
        ("Windows 7 Starter is good", "NNNLJ"),
        ("Windows 7 times is good", "NCNLJ"),
        ("I like the looks .", "SVDN."),
        ("The hardrive failed .", "DNF."),
        ("It is highly recommended", "SLRJ"),
        ("The bag which broke", "DNWF"),
        ("good because it works", "JBSv"),
        ("this is good and this bag is bad", "SLJ&DNLJ"),
    ],
)
def test_letters(encode, sentence, codes):
    assert encode(sentence) == codes


def test_one_letter_a_token(encode):
    assert encode("") == ""
    assert len(encode("☃ — 5 :) ?")) == 5
