import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.explanations.segmentation import clean, quieten, segment, sentences, tokenize


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Wow &amp;#34;cool&#34; it is", 'Wow "cool" it is'),
        ("uke.It works great and is easy.I use it", "uke. It works great and is easy. I use it"),
        ("3.0mm picks.I like", "3.0mm picks. I like"),
        ("GREAT MAT.I LOVE IT", "GREAT MAT. I LOVE IT"),
        ("U.S.A. made", "U.S.A. made"),
        ("See http://a.b/c?d=e now", "See now"),
        ("mail me@shop.com now", "mail now"),
        ("one<br />two", "one\ntwo"),
        ("a <b>bold</b> word", "a bold word"),
        ("nice,but small", "nice, but small"),
        ("wait.....what", "wait... what"),
        ("So goood!!! soooo", "So good! so"),
        ("AAA batteries", "AAA batteries"),
        ("it’s “fine”", 'it\'s "fine"'),
        ("", ""),
    ],
)
def test_clean_repairs_review_text(raw, wanted):
    assert clean(raw, {"good", "so"}) == wanted


def test_sentences_end_at_stops_marks_and_line_breaks_but_not_at_abbreviations():
    text = "Dr. Smith likes it, e.g. the bag. it works! Really?\nYes... maybe. So do I. Fine"
    assert sentences(text) == [
        "Dr. Smith likes it, e.g. the bag.",
        "it works!",
        "Really?",
        "Yes... maybe.",
        "So do I.",
        "Fine",
    ]


def test_quieten_lowers_shouting_and_leaves_the_rest():
    assert quieten("GREAT CASE AND I LOVE IT") == "Great case and I love it"
    assert quieten("My LED works") == "My LED works"
    assert quieten("OK, USB") == "OK, USB"


def test_tokens_follow_the_penn_treebank():
    tokens, _ = tokenize("I can't say it's D'Addario's 3.0mm, $25.99 well-made (e.g. U.S.A.) :)")
    wanted = "I ca n't say it 's D'Addario 's 3.0mm , $25.99 well-made ( e.g. U.S.A. ) :)"
    assert tokens == wanted.split(" ")


@given(st.text(max_size=200))
def test_offsets_name_the_tokens_of_any_text(text):
    for sentence in segment(text):
        assert [sentence.text[begin:end] for begin, end in sentence.offsets] == sentence.tokens
        assert "".join(sentence.tokens) == "".join(sentence.text.split())
        assert sentence.text == sentence.text.strip()


@pytest.mark.parametrize("text", ["a" * 50_000, "<a" * 20_000, "-a" * 20_000, "a@" * 20_000, "." * 50_000])
def test_hostile_text_is_cut_without_end_of_patience(text):
    assert sum(len(token) for s in segment(text) for token in s.tokens) <= len(text)
