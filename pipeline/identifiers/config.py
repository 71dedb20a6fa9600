"""Section `identifiers` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params import Section, dvc_path

Method = Literal[
    "sequential",
    "random",
    "train_order",
    "collaborative",
    "atomic",
    "released",
    "residual",
    "product",
    "tree",
    "bits",
    "title_tokens",
    "titles",
]
"""The schemes that there are (`schemes`)."""


class ReleasedConfig(Section):
    """Codes or texts that a file gives."""

    path: Annotated[str, dvc_path("data/no_identifiers.json")] = "data/no_identifiers.json"
    """JSON {item id: codes}, or lines of item id, tab, codes; none in an empty file."""


class CodesConfig(Section):
    """What schemes of codes have in common."""

    vectors: Literal["text", "cooccurrence", "both"] = "both"
    """What is clustered: vectors of the items' texts (TF-IDF), of train histories, or both."""

    width: int = Field(default=64, ge=1)
    """Dimensions of each kind of vector."""

    size: int = Field(default=16, ge=2)
    """Most clusters per code."""


class ResidualConfig(CodesConfig):
    """k-means, level by level."""

    levels: int = Field(default=3, ge=1, le=25)
    """Codes per item; items that share all codes get one more, drawn."""

    last: Literal["nearest", "distinct"] = "nearest"
    """The last level: nearest clusters, or distinct codes for items that share all before it (LC-Rec)."""


class TreeConfig(CodesConfig):
    """k-means within k-means."""

    vectors: Literal["text", "cooccurrence", "both"] = "cooccurrence"
    """What is clustered: vectors of train histories, of the items' texts (TF-IDF), or both."""


class BitsConfig(Section):
    """Bits of the vectors of section `embeddings`."""

    count: int = Field(default=32, ge=8, le=128, multiple_of=8)
    """How many bits an item has."""


class ProductConfig(CodesConfig):
    """k-means in each part of the vectors."""

    parts: int = Field(default=4, ge=1, le=25)
    """Codes per item, one for each part that the vectors are cut into."""


class IdentifiersConfig(Section):
    """Numbers (the first four methods) or tokens of their own."""

    method: Method = "random"
    """random, sequential (the paper's), train_order, collaborative, atomic, titles, bits or codes.

    Numbers: sequential (metrics/sequential.json has what it leaks), random, train_order or collaborative.
    Tokens of their own: atomic (one per item), released (codes or texts that a file gives), or codes that
    items share as they are alike: residual (k-means, level by level), product (k-means in each part of the
    vectors) or tree (k-means within k-means): docs/identifiers.md. Bytes with points between: bits. Words:
    titles, as the metadata has them; title_tokens has each title as one token (docs/llara.md).
    """

    users: Literal["numbers", "atomic"] = "numbers"
    """Users: numbers, of the same tokens as those of items, or atomic (one token per user)."""

    clusters: int = Field(default=20, ge=2)
    """Clusters per level of method collaborative."""

    released: ReleasedConfig = ReleasedConfig()
    """Of method released alone."""

    residual: ResidualConfig = ResidualConfig()
    """Of method residual alone."""

    product: ProductConfig = ProductConfig()
    """Of method product alone."""

    tree: TreeConfig = TreeConfig()
    """Of method tree alone."""

    bits: BitsConfig = BitsConfig()
    """Of method bits alone."""
