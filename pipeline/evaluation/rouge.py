"""ROUGE per sentence: rouge-score's F1 over the words of any script, and two other definitions beside it.

rouge-score's own tokenizer (`ascii`) drops all but a-z and 0-9, which leaves nothing of a text in Cyrillic.
The older definition (`legacy`) keeps each n-gram once, counts nothing of repeats, and weighs ROUGE-L
with beta = precision / recall; published figures of this line of work were made with it.
"""

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import DefaultTokenizer, Tokenizer

from pipeline.evaluation.bleu import ngrams
from pipeline.explanations.words import tokens, words


class WordTokenizer(Tokenizer):
    """The words of any script, for rouge-score."""

    def tokenize(self, text: str) -> list[str]:
        """Return the words of `text`; those of ASCII are rouge-score's own."""
        return words(text)


def rouge(generated: list[str], references: list[str]) -> dict[str, np.ndarray]:
    """Return ROUGE-1, -2 and -L, F1 x 100, of words without stemming, as arrays over pairs [N]."""
    return _scores("ROUGE-", WordTokenizer(), generated, references)


def rouge_ascii(generated: list[str], references: list[str]) -> dict[str, np.ndarray]:
    """Return what rouge-score gives by itself, of a-z and 0-9 alone, x 100, as arrays over pairs [N]."""
    return _scores("rouge_ascii_", DefaultTokenizer(use_stemmer=False), generated, references)


def _scores(
    name: str, tokenizer: Tokenizer, generated: list[str], references: list[str]
) -> dict[str, np.ndarray]:
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=tokenizer)
    scores = [scorer.score(reference, text) for text, reference in zip(generated, references, strict=True)]
    return {
        f"{name}{key[-1]}": np.array([100.0 * score[key].fmeasure for score in scores])
        for key in ("rouge1", "rouge2", "rougeL")
    }


def rouge_legacy(generated: list[str], references: list[str]) -> dict[str, np.ndarray]:
    """Return the older ROUGE-1, -2 and -L, x 100, of tokens between spaces, as arrays over pairs [N]."""
    pairs = [(tokens(text), tokens(other)) for text, other in zip(generated, references, strict=True)]
    return {
        "rouge_legacy_1": np.array([100.0 * _distinct_overlap(*pair, 1) for pair in pairs]),
        "rouge_legacy_2": np.array([100.0 * _distinct_overlap(*pair, 2) for pair in pairs]),
        "rouge_legacy_L": np.array([100.0 * _weighted_subsequence(*pair) for pair in pairs]),
    }


def _distinct_overlap(text: list[str], reference: list[str], n: int) -> float:
    found = set(ngrams(text, n))
    wanted = set(ngrams(reference, n))
    # F1 = 2 * overlap / (found + wanted), which is 2PR / (P + R) with P and R written out.
    return 2.0 * len(found & wanted) / max(len(found) + len(wanted), 1)


def _weighted_subsequence(text: list[str], reference: list[str]) -> float:
    common = longest_common_subsequence(text, reference)
    if common == 0:
        return 0.0
    precision = common / len(text)
    recall = common / len(reference)
    square = (precision / recall) ** 2
    return (1.0 + square) * precision * recall / (recall + square * precision)


def longest_common_subsequence(first: list[str], second: list[str]) -> int:
    """Return how many tokens the longest common subsequence has."""
    lengths = [0] * (len(second) + 1)
    for token in first:
        diagonal = 0
        for column, other in enumerate(second, start=1):
            above = lengths[column]
            lengths[column] = diagonal + 1 if token == other else max(above, lengths[column - 1])
            diagonal = above
    return lengths[-1]
