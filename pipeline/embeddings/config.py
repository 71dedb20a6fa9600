"""Sections `embeddings` and `neighbours` of params.yaml."""

from typing import Literal

from pydantic import Field, field_validator

from pipeline.params import Section
from pipeline.recommenders.config import WITH_USER_VECTORS

FACTORIZATIONS = ("pmf", "bivae")
"""Methods with their own subsections here."""
METHODS = (*FACTORIZATIONS, *(name for name in WITH_USER_VECTORS if name not in FACTORIZATIONS))


class PmfConfig(Section):
    """Section `embeddings.pmf`: probabilistic matrix factorization."""

    variant: Literal["linear", "non_linear"]
    feedback: Literal["ones", "ratings"]
    regularization: float = Field(ge=0)


class BivaeConfig(Section):
    """Section `embeddings.bivae`: bilateral variational autoencoder."""

    hidden: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    likelihood: Literal["pois", "bern", "gaus"]


class EmbeddingsConfig(Section):
    """Section `embeddings`: user and item vectors by train interactions (sections 4.1, 5.4 and 6.2).

    Attributes:
        method: `pmf` or `bivae`, set below, or a recommender that has user vectors, set in `baselines`.
        dimensions: width of a vector; `fpmc` and `caser` put two of this width beside each other.
        epochs, learning_rate: of `pmf` and `bivae`.
    """

    method: str
    dimensions: int = Field(ge=1)
    epochs: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    pmf: PmfConfig
    bivae: BivaeConfig

    @field_validator("method")
    @classmethod
    def _there_is(cls, method: str) -> str:
        if method not in METHODS:
            raise ValueError(
                f"no method has this name; those that have user vectors are {', '.join(METHODS)}"
            )
        return method


class NeighboursConfig(Section):
    """Section `neighbours`: how many most similar users, and how they are searched.

    Attributes:
        method: `exact`, or `approximate` by the users of the nearest cells.
        block: users searched for at once.
        probes: cells that `approximate` looks into.
    """

    count: int = Field(ge=1)
    method: Literal["exact", "approximate"]
    block: int = Field(ge=1)
    probes: int = Field(ge=1)
