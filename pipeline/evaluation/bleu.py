"""Corpus BLEU from counts per sentence, so that it can be resampled.

Unsmoothed, of tokens between spaces: equal to sacrebleu with `tokenize="none"`, `smooth_method="none"` on
normalized text, a script without spaces being counted by character as its `tokenize="zh"` does. nltk's
corpus_bleu isn't: it gives a sentence shorter than n tokens one n-gram in the denominator.
"""

from collections import Counter

import numpy as np

from pipeline.explanations.words import tokens

ORDER = 4
"""Longest n-gram counted; a row of counts has ORDER matches, ORDER totals and the two lengths."""

COLUMNS = 2 * ORDER + 2


def ngrams(text: list[str], n: int) -> Counter[tuple[str, ...]]:
    """Return the n-grams of tokens with how often each occurs."""
    return Counter(tuple(text[start : start + n]) for start in range(len(text) - n + 1))


def bleu_counts(generated: list[str], references: list[str]) -> np.ndarray:
    """Return what each pair adds to corpus BLEU: float64 [N, 2 * ORDER + 2].

    Columns: clipped n-gram matches for n = 1..4, generated n-grams for n = 1..4, generated tokens,
    reference tokens.
    """
    rows = [
        _pair_counts(tokens(text), tokens(reference))
        for text, reference in zip(generated, references, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, COLUMNS)


def _pair_counts(text: list[str], reference: list[str]) -> list[int]:
    orders = range(1, ORDER + 1)
    matches = [(ngrams(text, n) & ngrams(reference, n)).total() for n in orders]
    totals = [max(len(text) - n + 1, 0) for n in orders]
    return [*matches, *totals, len(text), len(reference)]


def bleu(counts: np.ndarray, order: int = ORDER) -> np.ndarray:
    """Return BLEU up to n-grams of `order`, x 100, from summed counts [..., 2 * ORDER + 2]: [...].

    0 where no n-gram of some length matches, and where nothing was generated.
    """
    matches = counts[..., :order]
    totals = counts[..., ORDER : ORDER + order]
    generated = counts[..., -2]
    reference = counts[..., -1]
    scorable = np.all(matches > 0, axis=-1)
    precisions = np.where(matches > 0, matches, 1.0) / np.maximum(totals, 1.0)
    brevity = np.minimum(1.0 - reference / np.maximum(generated, 1.0), 0.0)
    figures = 100.0 * np.exp(np.log(precisions).mean(axis=-1) + brevity)
    return np.where(scorable, figures, 0.0)
