"""Section `identifiers` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params import Section, dvc_path

Method = Literal[
    "sequential", "random", "train_order", "collaborative", "atomic", "released", "residual", "product"
]
"""The schemes that there are (`schemes`)."""


class ReleasedConfig(Section):
    """Section `identifiers.released`: the file of the items' names; an empty file where it isn't needed."""

    path: Annotated[str, dvc_path("data/no_identifiers.json")]


class CodesConfig(Section):
    """What schemes of codes have in common.

    Attributes:
        vectors: of the items' texts, of the company they keep in train histories, or both side by side.
        width: dimensions of each kind of vector.
        size: most clusters per code.
    """

    vectors: Literal["text", "cooccurrence", "both"] = "both"
    width: int = Field(default=64, ge=1)
    size: int = Field(default=16, ge=2)


class ResidualConfig(CodesConfig):
    """Section `identifiers.residual`: residual k-means; `levels`: codes per item."""

    levels: int = Field(default=3, ge=1, le=25)


class ProductConfig(CodesConfig):
    """Section `identifiers.product`: product quantization; `parts`: codes per item."""

    parts: int = Field(default=4, ge=1, le=25)


class IdentifiersConfig(Section):
    """Section `identifiers`: what names a user or an item in prompts.

    Attributes:
        method: `sequential` is the paper's and leaks; the others don't.
        users: what names a user: a number, made of the tokens of item numbers, or a token of their own.
        clusters: clusters a level of `collaborative`.
        released: where the names of `released` are.
        residual: of `residual`.
        product: of `product`.
    """

    method: Method
    users: Literal["numbers", "atomic"] = "numbers"
    clusters: int = Field(ge=2)
    released: ReleasedConfig = ReleasedConfig(path="data/no_identifiers.json")
    residual: ResidualConfig = ResidualConfig()
    product: ProductConfig = ProductConfig()
