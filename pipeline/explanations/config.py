"""Section `explanations` of params.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.params import Section, dvc_path

REVIEWS_PATH = "data/preprocessed/reviews.parquet"
Part = Annotated[int, Field(ge=0)]


class ExplanationsConfig(Section):
    """How explanations are extracted and split; lengths in words.

    Attributes:
        source: reviews (extract from them), sentires (the toolkit's own output) or p5 (a P5 or POD folder).
        path: what the source reads; for reviews the preprocessed ones, for sentires its reviews file.
        lexicon: Sentires' lexicon as text, for source sentires; empty to count the tuples instead.
        min_feature_count: fewest tuples of a feature for it to count as one.
        min_words, max_words: length of an explanation sentence, both included.
        polarity: prior (the lexicons') or corpus (the lexicons' as corrected by ratings and conjunctions).
        workers: parallel processes; 0 for one a core. The result is the same for any number.
        split: random (8:1:1 over explanations) or leave_one_out (the split of the sequential task).
        ratio: parts of train, validation and test for split random.
    """

    source: Literal["reviews", "sentires", "p5"] = "reviews"
    path: Annotated[str, dvc_path(REVIEWS_PATH)] = REVIEWS_PATH
    lexicon: str = ""
    min_feature_count: int = Field(ge=1)
    min_words: int = Field(ge=1)
    max_words: int = Field(ge=1)
    polarity: Literal["prior", "corpus"] = "corpus"
    workers: int = Field(default=0, ge=0)
    split: Literal["random", "leave_one_out"]
    ratio: tuple[Part, Part, Part]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.source == "reviews") != (self.path == REVIEWS_PATH):
            raise ValueError(
                f"path ({self.path}) must be {REVIEWS_PATH} for source reviews, and what others extracted "
                f"for sentires or p5; source is {self.source}"
            )
        if self.lexicon and self.source != "sentires":
            raise ValueError(f"lexicon ({self.lexicon}) is read for source sentires; source is {self.source}")
        if self.min_words > self.max_words:
            raise ValueError(f"min_words ({self.min_words}) must not exceed max_words ({self.max_words})")
        if self.ratio[0] == 0:
            raise ValueError(
                f"ratio {list(self.ratio)} leaves nothing to train on; its first part must be > 0"
            )
        return self
