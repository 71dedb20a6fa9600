"""How a prompt shows items."""

from enum import StrEnum
from typing import Literal

Curriculum = Literal["paper", "direct", "two_stage", "text_only", "id_only", "as_released", "reversed"]
"""How a run's prompts show items, step by step (`pipeline.training.curriculum`)."""


class Presentation(StrEnum):
    """How a prompt shows an item.

    Attributes:
        TEXT: its title and a placeholder, the same for all.
        HYBRID: its title and its vector.
        BEHAVIOUR: its vector alone.
    """

    TEXT = "text"
    HYBRID = "hybrid"
    BEHAVIOUR = "behaviour"


def presentation_of_tests(curriculum: Curriculum) -> Presentation:
    """Return how prompts show items after training.

    Of `reversed` it is text, as the code was then: the probability was compared the wrong way round.
    """
    if curriculum in ("text_only", "reversed"):
        return Presentation.TEXT
    return Presentation.BEHAVIOUR if curriculum == "id_only" else Presentation.HYBRID
