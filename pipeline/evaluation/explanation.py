"""The metrics file of the explanation task: the model, the baselines, and a floor that copies from train."""

import copy
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.evaluation.bleu import COLUMNS as BLEU_COLUMNS
from pipeline.evaluation.bleu import bleu, bleu_counts
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.diversity import (
    distinct,
    feature_coverage,
    feature_matches,
    feature_overlaps,
    unique_sentence_ratio,
)
from pipeline.evaluation.estimates import Resampled, exact, intervals, tested
from pipeline.evaluation.predictions import generated_texts
from pipeline.evaluation.rouge import rouge, rouge_ascii, rouge_legacy
from pipeline.evaluation.schema.document import MODEL, Estimates
from pipeline.evaluation.schema.tasks import ExplanationMetrics
from pipeline.evaluation.sentiment import COLUMNS as AGREEMENT_COLUMNS
from pipeline.evaluation.sentiment import (
    agreement,
    agreement_counts,
    balanced_agreement,
    rating_signs,
    text_signs,
)
from pipeline.evaluation.sufficient_statistics import Statistic, SufficientStatistics, ratio
from pipeline.evaluation.uncertainty import resampled_sums
from pipeline.explanations.extraction import Extractor
from pipeline.explanations.languages import is_foreign

COPY = "floor_copied_sentence"


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
class References:
    """What the texts of the test pairs are held against.

    Attributes:
        texts: what the users wrote.
        features: the features they wrote about, None where the source has none.
        signs: +1 for a good rating, -1 for a bad one, 0 for neither or none, int [N]. 0 also where the text
            is in another language than English, whose tone can't be judged.
    """

    texts: list[str]
    features: list[str | None]
    signs: np.ndarray

    @classmethod
    def of(cls, pairs: pa.Table) -> "References":
        """Read EXPLANATIONS."""
        columns = (pairs[name].to_pylist() for name in ("explanation", "feature", "rating"))
        texts, features, ratings = columns
        english = np.array([not is_foreign(text) for text in texts], dtype=bool)
        return cls(texts, features, rating_signs(ratings) * english)

    @property
    def named(self) -> list[str]:
        """The features that there are."""
        return [feature for feature in self.features if feature is not None]


MEANS = ("ROUGE-1", "ROUGE-2", "ROUGE-L", "rouge_legacy_1", "rouge_legacy_2", "rouge_legacy_L", "DIV")
"""Figures that are means over pairs, in the order of their columns in `text_sums`."""


def text_statistics() -> dict[str, Statistic]:
    """Return every figure of `text_sums` as a statistic of its columns' sums."""
    scored = BLEU_COLUMNS
    judged = BLEU_COLUMNS + AGREEMENT_COLUMNS
    matched = judged
    named = judged + 1
    count = judged + 2
    means = {name: ratio(column, count) for column, name in enumerate(MEANS, start=count + 1)}
    return {
        "BLEU-1": lambda sums: bleu(sums[..., :scored], order=1),
        "BLEU-4": lambda sums: bleu(sums[..., :scored], order=4),
        **means,
        "FMR": ratio(matched, named),
        "SA": lambda sums: agreement(sums[..., scored:judged]),
        "SA-balanced": lambda sums: balanced_agreement(sums[..., scored:judged]),
    }


def text_sums(texts: list[str], references: References, extractor: Extractor) -> SufficientStatistics:
    """Return BLEU, ROUGE (both definitions), FMR, DIV, SA and SA-balanced of `texts`, a row a pair.

    FMR and DIV need features, SA and SA-balanced good or bad ratings: without them there are no such figures.
    """
    means = rouge(texts, references.texts) | rouge_legacy(texts, references.texts)
    means["DIV"] = feature_overlaps(texts, references.named)
    named = np.array([feature is not None for feature in references.features], dtype=float)
    columns = [
        bleu_counts(texts, references.texts),
        agreement_counts(text_signs(texts, extractor), references.signs),
        np.column_stack([feature_matches(texts, references.features), named, np.ones(len(texts))]),
        np.column_stack([means[name] for name in MEANS]),
    ]
    absent = set() if named.any() else {"FMR", "DIV"}
    if not references.signs.any():
        absent.add("SA")
    if not {1, -1} <= set(references.signs.tolist()):
        absent.add("SA-balanced")
    figures = {name: figure for name, figure in text_statistics().items() if name not in absent}
    return SufficientStatistics(np.concatenate(columns, axis=1), figures)


def resampled_figures(
    texts: list[str],
    references: References,
    extractor: Extractor,
    resamples: int,
    rng: np.random.Generator,
) -> dict[str, Resampled]:
    """Return the figures of `text_sums`, resampled over pairs."""
    sums = text_sums(texts, references, extractor)
    resampled = resampled_sums(sums.columns, resamples, rng)
    totals = sums.columns.sum(axis=0)
    figures = {
        name: Resampled(float(statistic(totals)), statistic(resampled))
        for name, statistic in sums.metrics.items()
    }
    return figures | ({"DIV": _of_pairs(figures["DIV"])} if "DIV" in figures else {})


def _of_pairs(mean: Resampled) -> Resampled:
    """Widen the replicates of a mean over texts to those of a mean over pairs of texts.

    A pair has two texts, so that to first order the mean over pairs moves twice as far (Hoeffding 1948);
    resampling the pairs themselves would pair texts with their own copies. First order alone can lead
    below zero, fewer features than texts can share.
    """
    return Resampled(mean.value, np.maximum(mean.value + 2.0 * (mean.replicates - mean.value), 0.0))


def variety_figures(texts: list[str], references: References) -> Estimates:
    """Return distinct-n, USR and FCR, without intervals: resampling repeats texts and so lowers them all."""
    figures = {
        "distinct-1": exact(distinct(texts, 1)),
        "distinct-2": exact(distinct(texts, 2)),
        "USR": exact(unique_sentence_ratio(texts)),
    }
    named = references.named
    return figures | ({"FCR": exact(feature_coverage(texts, named))} if named else {})


def ascii_figures(texts: list[str], references: References) -> Estimates:
    """Return rouge-score's own ROUGE, to hold against other work; of ASCII it is ROUGE, and so not tested."""
    return {name: exact(values.mean()) for name, values in rouge_ascii(texts, references.texts).items()}


def explanation_metrics(
    generated: dict[str, pa.Table],
    explanations: pa.Table,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> ExplanationMetrics:
    """Return `metrics/explanation.json`; no methods where there is nothing to explain, or none to do it.

    `generated` holds GENERATED by method, the model's among them. All methods and the floor are resampled
    alike, so that their differences to the model are paired; `comparisons` of them are adjusted for (Holm).
    `other_language` counts the pairs whose reference isn't in English, which SA leaves out.
    """
    pairs = explanations.filter(pc.field("split") == "test")
    texts = {
        method: generated_texts(table, pairs, f"predictions/{method}/explanation.parquet")
        for method, table in generated.items()
    }
    if not len(pairs) or not generated:
        return ExplanationMetrics(pairs=0, estimates={}, differences={})
    texts[COPY] = copied_sentences(explanations.filter(pc.field("split") == "train"), pairs)
    references = References.of(pairs)
    extractor = Extractor()
    resampled = {
        method: resampled_figures(written, references, extractor, config.resamples, copy.deepcopy(rng))
        for method, written in texts.items()
    }
    gaps = {
        method: {name: resampled[MODEL][name] - figures[name] for name in figures}
        for method, figures in resampled.items()
        if method != MODEL
    }
    estimates = {
        method: intervals(figures, config.confidence)
        | variety_figures(texts[method], references)
        | ascii_figures(texts[method], references)
        for method, figures in resampled.items()
    }
    differences, comparisons = tested(gaps, config.confidence)
    return ExplanationMetrics(
        estimates=estimates,
        differences=differences,
        comparisons=comparisons,
        pairs=len(pairs),
        other_language=sum(map(is_foreign, references.texts)),
    )
