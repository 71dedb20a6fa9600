import pytest

from pipeline.explanations.tagging import Tagger, textblob_folder


@pytest.fixture(scope="module")
def tagger():
    return Tagger()


@pytest.mark.parametrize(
    ("sentence", "word", "tag"),
    [
        ("The strap works great", "works", "VBZ"),
        ("His early works are good", "works", "NNS"),
        ("It sounds great", "sounds", "VBZ"),
        ("The sounds are great", "sounds", "NNS"),
        ("I love the tone", "love", "VB"),
        ("Love the tone", "Love", "VB"),
        ("It has a nice feel", "feel", "NN"),
        ("I want to drill a hole", "drill", "VB"),
        ("I really like the bag", "like", "VB"),
        ("It looks like a bag", "like", "IN"),
        ("The bag that broke", "that", "WDT"),
        ("It 's good", "'s", "VBZ"),
        ("The bag 's zipper broke", "'s", "POS"),
        ("It is pretty good", "pretty", "RB"),
        ("A pretty bag", "pretty", "JJ"),
        ("The zipper was broken", "broken", "VBN"),
        ("The zipper broke", "broke", "VBD"),
        ("A blorptastic bag", "bag", "NN"),
        ("It is unblorpable", "unblorpable", "JJ"),
        ("It plays blorpingly", "blorpingly", "RB"),
        ("I tried Adobe Creative Suite", "Creative", "NNP"),
    ],
)
def test_tags_words_in_context(tagger, sentence, word, tag):
    tokens = sentence.split()
    assert tagger.tag(tokens)[tokens.index(word)] == tag


def test_empty_and_odd_tokens_get_a_tag_each(tagger):
    assert tagger.tag([]) == []
    assert len(tagger.tag(["—", "☃", "5mm", "..."])) == 4


def test_knows_the_words_of_its_lexicon(tagger):
    assert "good" in tagger
    assert "blorptastic" not in tagger


def test_missing_lexicon_says_what_is_missing(monkeypatch):
    monkeypatch.setattr("pipeline.explanations.tagging.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="textblob isn't installed"):
        textblob_folder()
