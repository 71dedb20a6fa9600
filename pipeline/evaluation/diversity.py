"""How varied generated sentences are, and whether they speak of the right feature (PETER's measures)."""

from collections import Counter

import numpy as np

from pipeline.evaluation.bleu import ngrams
from pipeline.explanations.words import normalized, tokens, words


def distinct(texts: list[str], n: int) -> float:
    """Return the share of different n-grams among all n-grams of all texts; 0 where there are none."""
    grams = [gram for text in texts for gram in ngrams(tokens(text), n).elements()]
    return len(set(grams)) / max(len(grams), 1)


def unique_sentence_ratio(texts: list[str]) -> float:
    """Return the share of different sentences (USR); 0 where there are none."""
    return len(set(map(normalized, texts))) / max(len(texts), 1)


def feature_matches(texts: list[str], features: list[str | None]) -> np.ndarray:
    """Return 1.0 for each text that holds its reference's feature as whole words, else 0.0: [N].

    The mean over the references with a feature is the feature matching ratio (FMR); no feature, no match.
    Case and punctuation don't count.
    """
    pairs = zip(texts, features, strict=True)
    return np.array([float(feature is not None and _holds(text, feature)) for text, feature in pairs])


def features_shown(texts: list[str], features: list[str]) -> list[set[str]]:
    """Return which of the different `features` each text holds, as words in small letters."""
    wanted = {_words(feature) for feature in features}
    lengths = sorted({len(words.split()) for words in wanted})
    return [
        wanted & {" ".join(gram) for n in lengths for gram in ngrams(_words(text).split(), n)}
        for text in texts
    ]


def feature_coverage(texts: list[str], features: list[str]) -> float:
    """Return the share of the different features that at least one text holds (FCR); 0 without features."""
    wanted = {_words(feature) for feature in features}
    return len(set[str]().union(*features_shown(texts, features))) / max(len(wanted), 1)


def feature_overlaps(texts: list[str], features: list[str]) -> np.ndarray:
    """Return how many features each text shares with another one, on average over the others: [N].

    Its mean is the feature diversity DIV of PETER (section 4.2), the features that two texts share on
    average over all pairs of texts; the lower, the more diverse. 0 for a single text.
    """
    shown = features_shown(texts, features)
    counts = Counter(feature for held in shown for feature in held)
    shared = [sum(counts[feature] - 1 for feature in held) for held in shown]
    return np.array(shared, dtype=float) / max(len(texts) - 1, 1)


def _words(text: str) -> str:
    return " ".join(words(text))


def _holds(text: str, feature: str) -> bool:
    return f" {_words(feature)} " in f" {_words(text)} "
