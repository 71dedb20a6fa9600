"""Section `identifiers` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params import Section, dvc_path

Method = Literal["sequential", "random", "train_order", "collaborative", "atomic", "released", "residual"]
"""The schemes that there are (`schemes`)."""


class ReleasedConfig(Section):
    """Section `identifiers.released`: the file of the items' names; an empty file where it isn't needed."""

    path: Annotated[str, dvc_path("data/no_identifiers.json")]


class ResidualConfig(Section):
    """Section `identifiers.residual`: residual k-means.

    Attributes:
        vectors: of the items' texts, of the company they keep in train histories, or both side by side.
        width: dimensions of each kind of vector.
        levels: codes per item.
        size: most clusters per level.
    """

    vectors: Literal["text", "cooccurrence", "both"] = "both"
    width: int = Field(default=64, ge=1)
    levels: int = Field(default=3, ge=1, le=25)
    size: int = Field(default=16, ge=2)


class IdentifiersConfig(Section):
    """Section `identifiers`: what names a user or an item in prompts.

    Attributes:
        method: `sequential` is the paper's and leaks; the others don't.
        users: what names a user: a number, made of the tokens of item numbers, or a token of their own.
        clusters: clusters a level of `collaborative`.
        released: where the names of `released` are.
        residual: of `residual`.
    """

    method: Method
    users: Literal["numbers", "atomic"] = "numbers"
    clusters: int = Field(ge=2)
    released: ReleasedConfig = ReleasedConfig(path="data/no_identifiers.json")
    residual: ResidualConfig = ResidualConfig()
