"""Sections `embeddings` and `neighbours` of params.yaml."""

from typing import Literal

from pydantic import Field

from pipeline.params import Section


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
    """Section `embeddings`: the factorization of train interactions (sections 4.1, 5.4 and 6.2)."""

    method: Literal["pmf", "bivae"]
    dimensions: int = Field(ge=1)
    epochs: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    pmf: PmfConfig
    bivae: BivaeConfig


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
