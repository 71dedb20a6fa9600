import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from pipeline.evaluation.rouge import longest_common_subsequence, rouge, rouge_ascii, rouge_legacy


def test_rouge_is_the_librarys_f1_times_100():
    texts, references = ["The cat sat.", "a dog"], ["the cat lay", "birds fly"]
    scorer = RougeScorer(["rouge2"])
    expected = [100 * scorer.score(*pair)["rouge2"].fmeasure for pair in zip(references, texts, strict=True)]
    assert rouge(texts, references)["ROUGE-2"] == pytest.approx(expected)


def test_rouge_by_hand():
    figures = rouge(["the cat sat on the mat"], ["the cat the mat"])
    # 4 of 6 words and 4 of 4; pairs: "the cat", "the mat" of 5 and of 3; subsequence 4.
    assert figures["ROUGE-1"] == pytest.approx([80.0])
    assert figures["ROUGE-2"] == pytest.approx([50.0])
    assert figures["ROUGE-L"] == pytest.approx([80.0])


def test_stems_are_not_taken():
    assert rouge(["running dogs"], ["run dog"])["ROUGE-1"].tolist() == [0.0]


def test_legacy_by_hand():
    # Distinct words: 3 of {a, b, c} and {a, b, d, e}: 2 shared, F1 = 4 / 7.
    # Pairs: {ab, bc, ca, aa} and {ab, bd, de}: 1 shared, F1 = 2 / 7.
    # Subsequence "a b" = 2: P = 2 / 5, R = 2 / 4, beta = 0.8; 1.64 * 0.2 / (0.5 + 0.64 * 0.4).
    figures = rouge_legacy(["a b c a a"], ["a b d e"])
    assert figures["rouge_legacy_1"] == pytest.approx([100 * 4 / 7])
    assert figures["rouge_legacy_2"] == pytest.approx([100 * 2 / 7])
    assert figures["rouge_legacy_L"] == pytest.approx([100 * 1.64 * 0.2 / (0.5 + 0.64 * 0.4)])


def test_legacy_counts_repeats_once_where_rouge_counts_each():
    text, reference = ["good good good good"], ["good good bad bad"]
    assert rouge_legacy(text, reference)["rouge_legacy_1"] == pytest.approx([100 * 2 / 3])
    assert rouge(text, reference)["ROUGE-1"] == pytest.approx([50.0])


def test_legacy_of_equal_disjoint_and_empty_texts():
    figures = rouge_legacy(["a b c", "x y", "", ""], ["a b c", "p q", "a", ""])
    for values in figures.values():
        assert values == pytest.approx([100.0, 0.0, 0.0, 0.0])


def test_longest_common_subsequence_against_brute_force():
    draw = random.Random(3)
    for _ in range(60):
        first, second = ([draw.choice("abc") for _ in range(draw.randint(0, 7))] for _ in range(2))
        common = {
            len(part)
            for n in range(len(first) + 1)
            for part in itertools.combinations(first, n)
            if part in set(itertools.combinations(second, n))
        }
        assert longest_common_subsequence(first, second) == max(common)


SCRIPTS = {
    "Russian": "привет мир это тест",
    "Greek": "ο ήχος είναι πολύ καλός",
    "Chinese": "声音很好价格便宜",
    "Japanese": "音がとても良いです。",
    "Thai": "เสียงดีมาก",
    "Hindi": "यह बहुत अच्छा है",
    "Arabic": "الصوت رائع جدا والسعر مناسب",
    "Korean": "소리가 아주 좋아요 정말",
    "Hebrew": "הצליל ממש טוב מאוד",
    "emoji": "👍 ❤️ ★",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_text_in_any_script_is_all_itself(text):
    for figures in (rouge([text], [text]), rouge_legacy([text], [text])):
        assert [values.tolist() for values in figures.values()] == [[100.0]] * 3


def test_other_scripts_by_hand():
    # 3 of 4 words and 3 of 3; pairs: 1 of 3 and of 2; subsequence 3.
    figures = rouge(["Звук очень хороший тут"], ["звук, хороший тут"])
    assert figures["ROUGE-1"] == pytest.approx([100 * 6 / 7])
    assert figures["ROUGE-2"] == pytest.approx([100 * 2 / 5])
    assert figures["ROUGE-L"] == pytest.approx([100 * 6 / 7])
    # Characters are words: 4 of 5 and 4 of 4; pairs: 3 of 4 and 3 of 3.
    figures = rouge(["声音很好吗"], ["声音很好"])
    assert figures["ROUGE-1"] == pytest.approx([100 * 8 / 9])
    assert figures["ROUGE-2"] == pytest.approx([100 * 6 / 7])


def test_accents_count_however_they_are_composed():
    assert rouge(["tre\u0300s e\u0301légant"], ["très élégant"])["ROUGE-2"].tolist() == [100.0]
    assert rouge(["tres elegant"], ["très élégant"])["ROUGE-1"].tolist() == [0.0]


ASCII = st.lists(st.text(st.characters(max_codepoint=127), max_size=30), min_size=2, max_size=2)


@given(ASCII)
def test_on_ascii_the_ascii_figures_are_the_same(pair):
    ours, theirs = rouge(pair[:1], pair[1:]), rouge_ascii(pair[:1], pair[1:])
    assert list(ours.values()) == list(theirs.values())


def test_the_ascii_figures_drop_other_letters():
    # "très bon" is "tr", "s", "bon"; of Cyrillic nothing is left.
    figures = rouge_ascii(["très bon", "звук"], ["tr s bon", "звук"])
    assert {name: values.tolist() for name, values in figures.items()} == {
        "rouge_ascii_1": [100.0, 0.0],
        "rouge_ascii_2": [100.0, 0.0],
        "rouge_ascii_L": [100.0, 0.0],
    }
