"""Explanations that the dataset brings itself (a P5 folder with them), taken as they are."""

import pyarrow as pa

from pipeline.explanations.lexicon import PairCounts
from pipeline.explanations.selection import wanted_sentiment


def provided_pairs(explanations: pa.Table) -> PairCounts:
    """Count the (feature, opinion) pairs of an EXPLANATIONS table.

    The sentiment is the record's own, else its rating's; records without a feature aren't counted, and an
    absent opinion is the empty text.
    """
    pairs = PairCounts()
    columns = explanations.select(["feature", "opinion", "sentiment", "rating"])
    for record in columns.to_pylist():
        if record["feature"]:
            sentiment = record["sentiment"] or wanted_sentiment(record["rating"])
            pairs.add(record["feature"], record["opinion"] or "", sentiment)
    return pairs
