"""The metrics file of the explanation task: the model, the baselines, and a floor that copies from train."""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.evaluation.bleu import bleu, bleu_counts
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.diversity import (
    distinct,
    feature_coverage,
    feature_matches,
    feature_overlaps,
    unique_sentence_ratio,
)
from pipeline.evaluation.figures import Figure, estimated, exact, rounded
from pipeline.evaluation.predictions import generated_texts
from pipeline.evaluation.rouge import rouge, rouge_legacy
from pipeline.evaluation.sentiment import (
    agreement,
    agreement_counts,
    balanced_agreement,
    rating_signs,
    text_signs,
)
from pipeline.evaluation.significance import holm, two_sided_p
from pipeline.evaluation.uncertainty import percentile_interval, resampled_sums
from pipeline.explanations.extraction import Extractor

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


@dataclass(frozen=True)
class References:
    """What the texts of the test pairs are held against.

    Attributes:
        texts: what the users wrote.
        features: the features they wrote about, None where the source has none.
        signs: +1 for a good rating, -1 for a bad one, 0 for neither or none, int [N].
    """

    texts: list[str]
    features: list[str | None]
    signs: np.ndarray

    @classmethod
    def of(cls, pairs: pa.Table) -> "References":
        """Read EXPLANATIONS."""
        columns = (pairs[name].to_pylist() for name in ("explanation", "feature", "rating"))
        texts, features, ratings = columns
        return cls(texts, features, rating_signs(ratings))

    @property
    def named(self) -> list[str]:
        """The features that there are."""
        return [feature for feature in self.features if feature is not None]


def resampled_figures(
    texts: list[str],
    references: References,
    extractor: Extractor,
    resamples: int,
    rng: np.random.Generator,
) -> dict[str, Resampled]:
    """Return BLEU, ROUGE (both definitions), FMR, DIV, SA and SA-balanced of `texts`, resampled over pairs.

    FMR and DIV need features, SA and SA-balanced good or bad ratings: without them there are no such figures.
    """
    counts = bleu_counts(texts, references.texts)
    agreed = agreement_counts(text_signs(texts, extractor), references.signs)
    means = rouge(texts, references.texts) | rouge_legacy(texts, references.texts)
    means["DIV"] = feature_overlaps(texts, references.named)
    named = np.array([feature is not None for feature in references.features], dtype=float)
    matches = np.column_stack([feature_matches(texts, references.features), named])
    blocks = [counts, agreed, matches, *(array[:, None] for array in means.values())]
    columns = np.concatenate(blocks, axis=1)
    ends = np.cumsum([block.shape[1] for block in blocks])[:-1]
    totals = np.split(columns.sum(axis=0), ends)
    sums = np.split(resampled_sums(columns, resamples, rng), ends, axis=1)

    def figure(block: int, statistic: Callable[[np.ndarray], np.ndarray]) -> Resampled:
        return Resampled(float(statistic(totals[block])), statistic(sums[block]))

    figures = {f"BLEU-{order}": figure(0, partial(bleu, order=order)) for order in (1, 4)}
    for block, name in enumerate(means, start=3):
        figures[name] = figure(block, lambda total: total[..., 0] / len(texts))
    diversity = figures.pop("DIV")
    if named.any():
        figures["FMR"] = figure(2, lambda total: total[..., 0] / np.maximum(total[..., 1], 1.0))
        figures["DIV"] = _of_pairs(diversity)
    if references.signs.any():
        figures["SA"] = figure(1, agreement)
    if {1, -1} <= set(references.signs.tolist()):
        figures["SA-balanced"] = figure(1, balanced_agreement)
    return figures


def _of_pairs(mean: Resampled) -> Resampled:
    """Widen the replicates of a mean over texts to those of a mean over pairs of texts.

    A pair has two texts, so that to first order the mean over pairs moves twice as far (Hoeffding 1948);
    resampling the pairs themselves would pair texts with their own copies.
    """
    return Resampled(mean.value, mean.value + 2.0 * (mean.replicates - mean.value))


def variety_figures(texts: list[str], references: References) -> dict[str, Figure]:
    """Return distinct-n, USR and FCR, without intervals: resampling repeats texts and so lowers them all."""
    figures = {
        "distinct-1": exact(distinct(texts, 1)),
        "distinct-2": exact(distinct(texts, 2)),
        "USR": exact(unique_sentence_ratio(texts)),
    }
    named = references.named
    return figures | ({"FCR": exact(feature_coverage(texts, named))} if named else {})


def explanation_metrics(
    generated: dict[str, pa.Table],
    explanations: pa.Table,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return `metrics/explanation.json`; `{"pairs": 0}` where there is nothing to explain.

    `generated` holds GENERATED by method, the model's among them. All methods and the floor are resampled
    alike, so that their differences to the model are paired; `comparisons` of them are adjusted for (Holm).
    """
    pairs = explanations.filter(pc.field("split") == "test")
    texts = {
        method: generated_texts(table, pairs, f"predictions/{method}/explanation.parquet")
        for method, table in generated.items()
    }
    if not len(pairs):
        return {"pairs": 0}
    texts[COPY] = copied_sentences(explanations.filter(pc.field("split") == "train"), pairs)
    references, extractor = References.of(pairs), Extractor()
    resampled = {
        method: resampled_figures(written, references, extractor, config.resamples, copy.deepcopy(rng))
        for method, written in texts.items()
    }
    gaps = {
        f"difference_to_{method}": {name: resampled[MODEL][name] - figures[name] for name in figures}
        for method, figures in resampled.items()
        if method != MODEL
    }
    document: dict[str, Any] = {
        method: _intervals(figures, config.confidence) | variety_figures(texts[method], references)
        for method, figures in resampled.items()
    }
    return document | _tested(gaps, config.confidence) | {"pairs": len(pairs)}


def _tested(gaps: dict[str, dict[str, Resampled]], confidence: float) -> dict[str, Any]:
    """Return differences with intervals and p-values, and how many comparisons these are adjusted for."""
    replicates = [gap.replicates for figures in gaps.values() for gap in figures.values()]
    chances = two_sided_p(np.column_stack(replicates))
    document: dict[str, Any] = {method: _intervals(figures, confidence) for method, figures in gaps.items()}
    entries = [figure for figures in document.values() for figure in figures.values()]
    for entry, raw, adjusted in zip(entries, chances, holm(chances), strict=True):
        entry |= {"p": rounded(raw), "p_adjusted": rounded(adjusted)}
    return document | {"comparisons": len(entries)}


def _intervals(figures: dict[str, Resampled], confidence: float) -> dict[str, Figure]:
    return {
        name: estimated(percentile_interval(figure.value, figure.replicates, confidence))
        for name, figure in figures.items()
    }
