"""The metrics file of the explanation task: the model, and a floor that copies a sentence from train."""

from collections import Counter
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


def text_figures(
    texts: list[str],
    references: list[str],
    features: list[str],
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, Figure]:
    """Return every text figure of `texts` against `references`, all in the same order.

    BLEU, ROUGE and FMR have intervals over pairs; distinct-n, USR and FCR don't, because resampling
    repeats sentences and so always lowers them.
    """
    counts = bleu_counts(texts, references)
    arrays = rouge(texts, references) | rouge_legacy(texts, references)
    arrays["FMR"] = feature_matches(texts, features)
    columns = np.column_stack([counts, *arrays.values()])
    sums = resampled_sums(columns, config.resamples, rng)
    width = counts.shape[1]
    figures: dict[str, Figure] = {}
    for order in (1, 4):
        value = float(bleu(counts.sum(axis=0), order))
        replicates = bleu(sums[:, :width], order)
        figures[f"BLEU-{order}"] = estimated(percentile_interval(value, replicates, config.confidence))
    for column, (name, array) in enumerate(arrays.items(), start=width):
        interval = percentile_interval(array.mean(), sums[:, column] / len(texts), config.confidence)
        figures[name] = estimated(interval)
    figures["FCR"] = exact(feature_coverage(texts, features))
    figures["distinct-1"] = exact(distinct(texts, 1))
    figures["distinct-2"] = exact(distinct(texts, 2))
    figures["USR"] = exact(unique_sentence_ratio(texts))
    return figures


def explanation_metrics(
    generated: pa.Table,
    explanations: pa.Table,
    config: EvaluationConfig,
    seeds: tuple[np.random.Generator, ...],
) -> dict[str, Any]:
    """Return `metrics/explanation.json`; `{"pairs": 0}` where there is nothing to explain.

    `seeds` holds two equal generators, one a method, so that both are resampled alike.
    """
    pairs = explanations.filter(pc.field("split") == "test")
    texts = generated_texts(generated, pairs, "predictions/peapod/explanation.parquet")
    if not texts:
        return {"pairs": 0}
    references = pairs["explanation"].to_pylist()
    features = pairs["feature"].to_pylist()
    copies = copied_sentences(explanations.filter(pc.field("split") == "train"), pairs)
    return {
        MODEL: text_figures(texts, references, features, config, seeds[0]),
        COPY: text_figures(copies, references, features, config, seeds[1]),
        "pairs": len(texts),
    }
