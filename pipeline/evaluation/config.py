"""Section `evaluation` of params.yaml."""

from typing import Annotated

from pydantic import Field

from pipeline.params import Section

Cutoff = Annotated[int, Field(ge=1)]


class EvaluationConfig(Section):
    """Which figures are computed, and how sure they are.

    Attributes:
        sequential_cutoffs: the k of HR@k and NDCG@k of sequential recommendation.
        topn_cutoffs: the same for top-n.
        resamples: resamples of the bootstrap.
        confidence: level of its intervals.
    """

    sequential_cutoffs: tuple[Cutoff, ...] = Field(min_length=1)
    topn_cutoffs: tuple[Cutoff, ...] = Field(min_length=1)
    resamples: int = Field(ge=1)
    confidence: float = Field(gt=0, lt=1)
