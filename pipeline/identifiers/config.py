"""Section `identifiers` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.params import Section, dvc_path

Method = Literal["sequential", "random", "train_order", "collaborative", "atomic", "released"]
"""The schemes that there are (`schemes`)."""


class ReleasedConfig(Section):
    """Section `identifiers.released`: the file of the items' names; an empty file where it isn't needed."""

    path: Annotated[str, dvc_path("data/no_identifiers.json")]


class IdentifiersConfig(Section):
    """Section `identifiers`: what names a user or an item in prompts.

    Attributes:
        method: `sequential` is the paper's and leaks; the others don't.
        clusters: clusters a level of `collaborative`.
        released: where the names of `released` are.
    """

    method: Method
    clusters: int = Field(ge=2)
    released: ReleasedConfig = ReleasedConfig(path="data/no_identifiers.json")
