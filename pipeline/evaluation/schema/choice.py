"""What stage `evaluate` writes of LLaRA's question."""

from typing import ClassVar, Self

from pydantic import Field

from pipeline.evaluation.schema.document import Comparisons, Count, Document, Estimates, Number

HIT = "HR@1"
"""HitRatio@1 by the highest score or likelihood among the candidates."""


class Redrawn(Document):
    """HitRatio@1 of each draw: mean, standard deviation (None of one draw), and the ends of an interval."""

    draws: Count
    mean: Number
    deviation: Number | None
    low: Number
    high: Number


class ChoiceMetrics(Comparisons):
    """`metrics/choice.json`; of a run with nothing to choose from `tests` is 0 and the rest is empty.

    Every figure of `estimates` is a share of all tests times draws, none of the valid answers alone. HIT is
    by score or likelihood; of written answers there are HR@1 and ValidRatio with `_title` (the answer is a
    candidate's title) or `_within` (the authors' rule: a single candidate's title stands in it), and the same
    with `_alone` of a prompt without vectors.

    Attributes:
        tests: test examples, one per user.
        left_out: test users whose history is too short.
        candidates: per set.
        draws: sets of each test that every method answered: what estimates and differences are of.
        chance: of a candidate at random, exactly.
        redrawn: by method, over all draws that it answered.
        detectable: by method, the least difference to the model that so many tests find in 80 % of cases.
        ceiling: share of right answers that are valid by the authors' rule; None where nothing is written.
    """

    file: ClassVar[str] = "choice.json"

    tests: Count
    left_out: Count = 0
    candidates: Count = 0
    draws: Count = 0
    comparisons: Count = 0
    chance: Estimates = Field(default_factory=dict)
    redrawn: dict[str, Redrawn] = Field(default_factory=dict)
    detectable: dict[str, Number | None] = Field(default_factory=dict)
    ceiling: Number | None = None

    @classmethod
    def empty(cls, left_out: int) -> Self:
        """Return the document of a run with nothing to choose from."""
        return cls(estimates={}, differences={}, tests=0, left_out=left_out)
