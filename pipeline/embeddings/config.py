"""Sections `embeddings` and `neighbours` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from pipeline.params import Section, dvc_path
from pipeline.recommenders.config import WITH_USER_VECTORS

FACTORIZATIONS = ("pmf", "bivae")
"""Methods with their own subsections here."""
RELEASED = "released"
METHODS = (*FACTORIZATIONS, RELEASED, *(name for name in WITH_USER_VECTORS if name not in FACTORIZATIONS))


class PmfConfig(Section):
    """Probabilistic matrix factorization."""

    variant: Literal["linear", "non_linear"] = "linear"
    """non_linear is cornac's default: see the neighbour quality in metrics/embeddings.json."""

    feedback: Literal["ones", "ratings"] = "ones"
    """Whether it fits that there is an interaction (implicit feedback), or the ratings."""

    regularization: float = Field(default=0.001, ge=0)
    """Lambda."""


class BivaeConfig(Section):
    """Bilateral variational autoencoder."""

    hidden: int = Field(default=100, ge=1)
    """Width of the hidden layer of both encoders."""

    batch_size: int = Field(default=128, ge=1)
    """Users, or items, per batch."""

    likelihood: Literal["pois", "bern", "gaus"] = "pois"
    """Poisson, Bernoulli or Gaussian."""


class ReleasedConfig(Section):
    """A recommender that LLaRA's authors released."""

    path: Annotated[str, dvc_path("data/no_recommender.txt")] = "data/no_recommender.txt"
    """The .npz with its arrays, which baseline `released` reads, too; none in an empty file.

    Rows are raw ids of items, from 0 where there is an item 0 (LLaRA's files), else from 1 (MovieLens).
    """


class EmbeddingsConfig(Section):
    """Sections 4.1, 5.4 and 6.2 of the paper."""

    method: str = "pmf"
    """pmf, bivae, released, or a recommender that has user vectors (ease, lightgcn, sasrec, ...).

    A recommender is set in section `baselines`: of a list the middle value counts (docs/baselines.md).
    """

    dimensions: int = Field(default=64, ge=1)
    """Width of a user embedding (the paper: 512).

    fpmc and caser put two of this width beside each other.
    """

    epochs: int = Field(default=100, ge=1)
    """Epochs of pmf and bivae (the paper: 100)."""

    learning_rate: float = Field(default=0.001, gt=0)
    """Learning rate of pmf and bivae."""

    pmf: PmfConfig = PmfConfig()
    """Of method pmf alone."""

    bivae: BivaeConfig = BivaeConfig()
    """Of method bivae alone."""

    released: ReleasedConfig = ReleasedConfig()
    """Of method and of baseline released: LLaRA's item vectors; a user's is the mean of their train items."""

    @field_validator("method")
    @classmethod
    def _there_is(cls, method: str) -> str:
        if method not in METHODS:
            raise ValueError(
                f"no method has this name; those that have user vectors are {', '.join(METHODS)}"
            )
        return method


class NeighboursConfig(Section):
    """By cosine of the user embeddings."""

    count: int = Field(default=20, ge=1)
    """n, keys and values of the collaborative prompt (the paper: 20; Toys 10)."""

    method: Literal["exact", "approximate"] = "exact"
    """exact, or approximate (for millions of users).

    approximate looks at the users of the nearest cells; its recall stands in metrics/neighbours.json.
    """

    block: int = Field(default=1024, ge=1)
    """Users searched for at once; bounds memory at block x users bytes."""

    probes: int = Field(default=32, ge=1)
    """Cells that approximate looks into, of sqrt(users) cells; more find more."""
