import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rouge_score.tokenizers import DefaultTokenizer

from pipeline.explanations.words import normalized, tokens, words

ASCII = st.text(st.characters(max_codepoint=127), max_size=40)


@given(ASCII)
@example("don't stop_it 3.5mm A-B\x1cc")
def test_words_of_ascii_are_rouge_scores(text):
    assert words(text) == DefaultTokenizer(use_stemmer=False).tokenize(text)


@given(ASCII)
def test_tokens_of_ascii_are_what_stands_between_spaces(text):
    assert tokens(text) == text.split()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Отличный ЗВУК, всем!", ["отличный", "звук", "всем"]),
        ("Καλός ΉΧΟΣ", ["καλόσ", "ήχοσ"]),  # Caseless, the last sigma is a sigma.
        ("这个很好。5分", ["这", "个", "很", "好", "5", "分"]),
        ("スーパー、iPhone手機", [*"スーパー", "iphone", *"手機"]),
        ("ดีมาก", ["ดี", "ม", "า", "ก"]),  # The vowel above the first letter stays with it.
        ("यह बहुत अच्छा है", ["यह", "बहुत", "अच्छा", "है"]),  # Vowel signs are marks, not letters.
        ("الصوت رائِع", ["الصوت", "رائِع"]),
        ("소리가 좋아요", ["소리가", "좋아요"]),
        ("צליל מצוין", ["צליל", "מצוין"]),
        ("cafe\u0301 CAFÉ ｃａｆé", ["café"] * 3),
        ("straße STRASSE", ["strasse"] * 2),
        ("soft\u00adware می\u200cخواهم", ["software", "میخواهم"]),
        ("❤\ufe0f👍 ★★", ["❤", "👍", "★", "★"]),
        ("!? …", []),
    ],
)
def test_words_by_hand(text, wanted):
    assert words(text) == wanted


@given(st.text(max_size=30))
@example("\u0345\u0301α")
@example("ﬃ ½ ㎏ Å")
def test_composed_and_decomposed_texts_have_the_same_words(text):
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert {tuple(words(form)) for form in forms} == {tuple(words(text))}
    assert {normalized(form) for form in forms} == {normalized(text)}


INVISIBLE = "\u115f\u1160\u3164\uffa0"
"""Letters that nobody sees: they fill up syllables of old Korean."""


@given(st.characters(categories=["L", "N"], exclude_characters=INVISIBLE))
def test_no_letter_and_no_digit_is_lost(letter):
    assert words(letter)
    assert words(f"a {letter} b")[:1] + words(f"a {letter} b")[-1:] == ["a", "b"]
    assert len(words(f"a {letter} b")) >= 3
