"""How varied generated sentences are, and whether they speak of the right feature (PETER's measures)."""

import re

import numpy as np

from pipeline.evaluation.bleu import ngrams


def distinct(texts: list[str], n: int) -> float:
    """Return the share of different n-grams among all n-grams of all texts; 0 where there are none."""
    grams = [gram for text in texts for gram in ngrams(text.split(), n).elements()]
    return len(set(grams)) / max(len(grams), 1)


def unique_sentence_ratio(texts: list[str]) -> float:
    """Return the share of different sentences (USR); 0 where there are none."""
    return len(set(texts)) / max(len(texts), 1)


def feature_matches(texts: list[str], features: list[str | None]) -> np.ndarray:
    """Return 1.0 for each text that holds its reference's feature as whole words, else 0.0: [N].

    The mean over the references with a feature is the feature matching ratio (FMR); no feature, no match.
    Case and punctuation don't count.
    """
    pairs = zip(texts, features, strict=True)
    return np.array([float(feature is not None and _holds(text, feature)) for text, feature in pairs])


def feature_coverage(texts: list[str], features: list[str]) -> float:
    """Return the share of the different features that at least one text holds (FCR); 0 without features."""
    wanted = {_words(feature) for feature in features}
    longest = max((len(words.split()) for words in wanted), default=0)
    shown = {
        " ".join(gram)
        for text in set(texts)
        for n in range(1, longest + 1)
        for gram in ngrams(_words(text).split(), n)
    }
    return len(wanted & shown) / max(len(wanted), 1)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _holds(text: str, feature: str) -> bool:
    return f" {_words(feature)} " in f" {_words(text)} "
