"""Section `explanations` of params.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.params import Section, dvc_path

REVIEWS_PATH = "data/preprocessed/reviews.parquet"
Part = Annotated[int, Field(ge=0)]


class ExplanationsConfig(Section):
    """A P5 folder as dataset.raw brings its explanations by itself."""

    source: Literal["reviews", "sentires", "p5"] = "reviews"
    """reviews (extract from them), sentires (that toolkit's output) or p5 (a P5 or POD folder)."""

    path: Annotated[str, dvc_path(REVIEWS_PATH)] = REVIEWS_PATH
    """What it reads: preprocessed reviews, Sentires' reviews.pickle, the folder."""

    lexicon: str = ""
    """Sentires' lexicon as text, for source sentires; empty: count the tuples instead."""

    min_feature_count: int = Field(default=5, ge=1)
    """Fewest tuples of a feature for it to count as one."""

    min_words: int = Field(default=4, ge=1)
    """Fewest words of an explanation sentence."""

    max_words: int = Field(default=40, ge=1)
    """Most words of an explanation sentence."""

    polarity: Literal["prior", "corpus"] = "corpus"
    """Polarity of an opinion: the bundled lexicons', or that as corrected by the corpus.

    corpus corrects it by ratings and conjunctions where their evidence is strong (docs/extraction.md).
    """

    workers: int = Field(default=0, ge=0)
    """Parallel processes, 0 for one per core; the result is the same for any number."""

    split: Literal["random", "leave_one_out"] = "random"
    """random (8:1:1 over explanations), or leave_one_out (the split of the sequential task).

    With random, the paper's, users and items of validation and test are also in train; with leave_one_out no
    explanation of a held-out interaction is in train.
    """

    ratio: tuple[Part, Part, Part] = (8, 1, 1)
    """Parts of train, validation and test for split random."""

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
