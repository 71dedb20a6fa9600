"""The metrics file of the explanation task: the model, and a floor that copies a sentence from train."""

import copy
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.evaluation.bleu import bleu, bleu_counts
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.diversity import distinct, feature_coverage, feature_matches, unique_sentence_ratio
from pipeline.evaluation.figures import Figure, estimated, exact
from pipeline.evaluation.predictions import generated_texts
from pipeline.evaluation.rouge import rouge, rouge_legacy
from pipeline.evaluation.uncertainty import percentile_interval, resampled_sums

MODEL, COPY = "peapod", "floor_copied_sentence"


def copied_sentences(train: pa.Table, pairs: pa.Table) -> list[str]:
    """Return, for each of `pairs`, the item's most frequent train sentence, or that of all train.

    Ties go to the sentence that comes first in the alphabet. A floor: nothing is learned. Both tables
    are EXPLANATIONS; raises ValueError when train is empty.
    """
    if len(train) == 0:
        raise ValueError("the explanation task has test pairs but no train pairs")
    sentences = train["explanation"].to_pylist()
    by_item: dict[int, Counter[str]] = {}
    for item, sentence in zip(train["item"].to_pylist(), sentences, strict=True):
        by_item.setdefault(item, Counter())[sentence] += 1
    common = {item: _most_frequent(counts) for item, counts in by_item.items()}
    fallback = _most_frequent(Counter(sentences))
    return [common.get(item, fallback) for item in pairs["item"].to_pylist()]


def _most_frequent(counts: Counter[str]) -> str:
    return min(counts, key=lambda sentence: (-counts[sentence], sentence))


@dataclass(frozen=True)
class Resampled:
    """A figure with its bootstrap replicates [R]."""

    value: float
    replicates: np.ndarray

    def __sub__(self, other: "Resampled") -> "Resampled":
        """Return the difference; a paired one where both were resampled alike."""
        return Resampled(self.value - other.value, self.replicates - other.replicates)


def resampled_figures(
    texts: list[str],
    references: list[str],
    features: list[str | None],
    resamples: int,
    rng: np.random.Generator,
) -> dict[str, Resampled]:
    """Return BLEU, ROUGE (both definitions) and FMR of `texts`, resampled over pairs."""
    counts = bleu_counts(texts, references)
    arrays = rouge(texts, references) | rouge_legacy(texts, references)
    named = np.array([feature is not None for feature in features], dtype=float)
    arrays["FMR"] = feature_matches(texts, features)
    sums = resampled_sums(np.column_stack([counts, *arrays.values(), named]), resamples, rng)
    width = counts.shape[1]
    figures = {
        f"BLEU-{order}": Resampled(float(bleu(counts.sum(axis=0), order)), bleu(sums[:, :width], order))
        for order in (1, 4)
    }
    for column, (name, array) in enumerate(arrays.items(), start=width):
        figures[name] = Resampled(float(array.mean()), sums[:, column] / len(texts))
    # Over the pairs whose reference has a feature; where none has, there is no such figure.
    matches = figures.pop("FMR")
    if named.any():
        some = np.maximum(sums[:, -1], 1)
        figures["FMR"] = Resampled(matches.value / named.mean(), matches.replicates * len(texts) / some)
    return figures


def variety_figures(texts: list[str], features: list[str | None]) -> dict[str, Figure]:
    """Return distinct-n, USR and FCR, without intervals: resampling repeats texts and so lowers them all."""
    figures = {
        "distinct-1": exact(distinct(texts, 1)),
        "distinct-2": exact(distinct(texts, 2)),
        "USR": exact(unique_sentence_ratio(texts)),
    }
    named = [feature for feature in features if feature is not None]
    return figures | ({"FCR": exact(feature_coverage(texts, named))} if named else {})


def explanation_metrics(
    generated: pa.Table, explanations: pa.Table, config: EvaluationConfig, rng: np.random.Generator
) -> dict[str, Any]:
    """Return `metrics/explanation.json`; `{"pairs": 0}` where there is nothing to explain.

    The model and the floor are resampled alike, so that their difference is paired.
    """
    pairs = explanations.filter(pc.field("split") == "test")
    texts = generated_texts(generated, pairs, "predictions/peapod/explanation.parquet")
    if not texts:
        return {"pairs": 0}
    references, features = pairs["explanation"].to_pylist(), pairs["feature"].to_pylist()
    copies = copied_sentences(explanations.filter(pc.field("split") == "train"), pairs)
    twin = copy.deepcopy(rng)
    model = resampled_figures(texts, references, features, config.resamples, rng)
    floor = resampled_figures(copies, references, features, config.resamples, twin)
    return {
        MODEL: _intervals(model, config.confidence) | variety_figures(texts, features),
        COPY: _intervals(floor, config.confidence) | variety_figures(copies, features),
        f"difference_to_{COPY}": _intervals({n: model[n] - floor[n] for n in model}, config.confidence),
        "pairs": len(texts),
    }


def _intervals(figures: dict[str, Resampled], confidence: float) -> dict[str, Figure]:
    return {
        name: estimated(percentile_interval(figure.value, figure.replicates, confidence))
        for name, figure in figures.items()
    }
