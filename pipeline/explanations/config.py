"""Section `explanations` of params.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.params import Section

Part = Annotated[int, Field(ge=0)]


class ExplanationsConfig(Section):
    """How explanations are extracted and split; lengths in words.

    Attributes:
        min_feature_count: fewest tuples of a feature for it to count as one.
        min_words, max_words: length of an explanation sentence, both included.
        polarity: prior (the lexicons') or corpus (the lexicons' as corrected by ratings and conjunctions).
        workers: parallel processes; 0 for one a core. The result is the same for any number.
        split: random (8:1:1 over explanations) or leave_one_out (the split of the sequential task).
        ratio: parts of train, validation and test for split random.
    """

    min_feature_count: int = Field(ge=1)
    min_words: int = Field(ge=1)
    max_words: int = Field(ge=1)
    polarity: Literal["prior", "corpus"] = "corpus"
    workers: int = Field(default=0, ge=0)
    split: Literal["random", "leave_one_out"]
    ratio: tuple[Part, Part, Part]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min_words > self.max_words:
            raise ValueError(f"min_words ({self.min_words}) must not exceed max_words ({self.max_words})")
        if self.ratio[0] == 0:
            raise ValueError(
                f"ratio {list(self.ratio)} leaves nothing to train on; its first part must be > 0"
            )
        return self
