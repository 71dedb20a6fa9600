from hypothesis import given
from hypothesis import strategies as st

from pipeline.explainers.words import END, PAD, START, UNKNOWN, WordVocabulary, split_words


def test_words_and_signs_keep_their_spaces():
    assert split_words("It's great, really!") == [" It's", " great", ",", " really", "!"]


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_text_comes_back_but_for_white_space(text):
    vocabulary = WordVocabulary.of([text], 1000)
    assert vocabulary.decode(vocabulary.encode(text)) == " ".join(text.split())


def test_most_frequent_words_first_ties_alphabetical():
    vocabulary = WordVocabulary.of(["b a c b", "b d"], 3)
    assert vocabulary.encode("b a c d") == [4, 5, 6, UNKNOWN]
    assert len(vocabulary) == 7
    assert vocabulary.decode([4, 5, END, 6]) == "b a"
    assert {PAD, START, END, UNKNOWN} == {0, 1, 2, 3}
