import math
import random

import pytest
from nltk.translate.bleu_score import corpus_bleu
from sacrebleu.metrics import BLEU

from pipeline.evaluation.bleu import bleu, bleu_counts


def ours(texts, references, order=4):
    return float(bleu(bleu_counts(texts, references).sum(axis=0), order))


def corpora(seed, least):
    """Eight references, and the same with about every tenth word changed and some words cut or added."""
    draw = random.Random(seed)
    words = ["the", "cat", "sat", "on", "a", "mat", "."]
    references = [draw.choices(words, k=draw.randint(max(least, 1), 14)) for _ in range(8)]
    texts = [[draw.choice(words) if draw.random() < 0.1 else word for word in line] for line in references]
    texts = [(line + draw.choices(words, k=2))[: max(least, draw.randint(0, 16))] for line in texts]
    return [" ".join(line) for line in texts], [" ".join(line) for line in references]


@pytest.mark.parametrize("order", [1, 4])
@pytest.mark.parametrize("seed", range(40))
def test_equal_to_sacrebleu_also_for_short_and_empty_texts(seed, order):
    texts, references = corpora(seed, 0)
    theirs = BLEU(tokenize="none", smooth_method="none", max_ngram_order=order)
    figure = ours(texts, references, order)
    assert figure > 1
    assert figure == pytest.approx(theirs.corpus_score(texts, [references]).score)


@pytest.mark.parametrize("seed", range(10))
def test_equal_to_nltk_where_no_text_is_shorter_than_four_tokens(seed):
    texts, references = corpora(seed, 4)
    theirs = corpus_bleu([[text.split()] for text in references], [text.split() for text in texts])
    assert ours(texts, references) == pytest.approx(100 * theirs)
    assert theirs > 0.01


def test_nltk_counts_texts_of_three_tokens_otherwise():
    texts, references = ["a b c d e", "a b c"], ["a b c d e", "a b c"]
    assert ours(texts, references) == pytest.approx(100.0)
    theirs = corpus_bleu([[text.split()] for text in references], [text.split() for text in texts])
    assert theirs < 0.99


def test_by_hand():
    # Matches 3 of 4 words, 2 of 3 pairs; 4 words against 5.
    counts = bleu_counts(["a b c x"], ["a b c d e"])
    assert counts.tolist() == [[3, 2, 1, 0, 4, 3, 2, 1, 4, 5]]
    assert ours(["a b c x"], ["a b c d e"], 1) == pytest.approx(100 * 3 / 4 * math.exp(1 - 5 / 4))
    assert ours(["a b c x"], ["a b c d e"], 4) == 0.0


def test_clipping_longer_texts_and_nothing_at_all():
    assert ours(["the the the the"], ["the cat sat"], 1) == pytest.approx(25.0)
    assert ours(["a b c d"], ["a b c d"]) == pytest.approx(100.0)
    assert ours([""], ["a b c d"], 1) == 0.0
    assert bleu_counts([], []).shape == (0, 10)


def test_pairs_must_match():
    with pytest.raises(ValueError, match="shorter"):
        bleu_counts(["a"], [])


@pytest.mark.parametrize("order", [1, 4])
def test_chinese_is_counted_by_character_as_sacrebleu_does(order):
    texts, references = ["声音很好价格便宜", "质量不好"], ["声音很好但是价格很贵", "质量不好"]
    theirs = BLEU(tokenize="zh", smooth_method="none", max_ngram_order=order)
    assert ours(texts, references, order) == pytest.approx(theirs.corpus_score(texts, [references]).score)


@pytest.mark.parametrize("text", ["声音很好", "音がとても良い", "เสียงดีมาก", "यह बहुत अच्छा है"])
def test_a_text_in_any_script_is_all_itself(text):
    assert ours([text], [text]) == pytest.approx(100.0)


def test_accents_count_however_they_are_composed():
    assert ours(["tre\u0300s"], ["très"], 1) == pytest.approx(100.0)
