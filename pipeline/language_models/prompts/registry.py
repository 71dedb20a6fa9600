"""The ways to ask that there are: what `baselines.prompted.method` names."""

from collections.abc import Mapping

from pipeline.language_models.prompts import (
    demonstrations,
    knowledge,
    llmrank,
    pair,
    partitions,
    point,
    summary,
    texts,
    whole_list,
)
from pipeline.language_models.prompts.base import Method

METHODS: Mapping[str, Method] = {
    "point": point.rank,
    "pair": pair.rank,
    "list": whole_list.rank,
    "llmrank": llmrank.rank,
    "demonstrations": demonstrations.rank,
    "summary": summary.rank,
    "partitions": partitions.rank,
    "texts": texts.rank,
    "knowledge": knowledge.rank,
}
"""By name."""
