"""Section `identifiers` of params.yaml."""

from typing import Literal

from pydantic import Field

from pipeline.params import Section


class IdentifiersConfig(Section):
    """Section `identifiers`: what names a user or an item in prompts.

    Attributes:
        method: `sequential` is the paper's and leaks; the others don't.
        clusters: clusters a level of `collaborative`.
    """

    method: Literal["sequential", "random", "train_order", "collaborative"]
    clusters: int = Field(ge=2)
