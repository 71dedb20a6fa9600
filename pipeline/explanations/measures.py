"""The figures of metrics/explanations.json."""

from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.data.splits import SPLITS
from pipeline.explanations.selection import Outcome
from pipeline.explanations.splitting import shared_with_train


def share(part: int, whole: int) -> float | None:
    """Return part / whole, None where there is no whole."""
    return part / whole if whole else None


def reach(choices: pa.Table) -> dict[str, Any]:
    """Coverage of the (user, item) pairs, and why the others have none; `choices` has one line a pair."""
    outcomes = Counter(choices["outcome"].to_pylist())
    return {
        "pairs": len(choices),
        "pairs_with_explanation": outcomes[Outcome.EXPLAINED],
        "coverage": share(outcomes[Outcome.EXPLAINED], len(choices)),
        "pairs_without": {
            outcome.name.lower(): outcomes[outcome] for outcome in Outcome if outcome != Outcome.EXPLAINED
        },
    }


def agreement(counts: Counter[str]) -> dict[str, Any]:
    """Share of tuples that agree with their review's rating, among ratings of 4 and more or 2 and less."""
    agreeing = counts["positive_agreeing"] + counts["negative_agreeing"]
    return {
        "polarity_agreement": share(agreeing, counts["positive"] + counts["negative"]),
        "polarity_agreement_positive": share(counts["positive_agreeing"], counts["positive"]),
        "polarity_agreement_negative": share(counts["negative_agreeing"], counts["negative"]),
    }


def result(explanations: pa.Table, lexicon: pa.Table, test: pa.Table) -> dict[str, Any]:
    """Sizes of the splits and the lexicon, and how far the sequential task's test pairs are in train."""
    splits = Counter(explanations["split"].to_pylist())
    shared = shared_with_train(test, explanations)
    return {
        "explanations": len(explanations),
        "split_sizes": {name: splits[name] for name in SPLITS},
        "features": pc.count_distinct(lexicon["feature"]).as_py(),
        "feature_opinion_pairs": len(lexicon),
        "sequential_test_pairs_in_explanation_train": share(shared, len(test)),
    }
