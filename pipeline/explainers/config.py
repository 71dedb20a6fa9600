"""Section `explanation_baselines` of params.yaml.

As in section `baselines`, a hyper-parameter is a value, or a list of values to search over on validation.
"""

from enum import StrEnum

from pydantic import Field

from pipeline.params import Section
from pipeline.recommenders.hyperparameters import Counts, Rates, Shares, Weights


class ExplanationBaseline(StrEnum):
    """The explanation baselines there are: each has its section below and its module beside this one."""

    ATT2SEQ = "att2seq"
    NRT = "nrt"
    PETER = "peter"
    PETER_PLUS = "peter_plus"


class TextTrainingConfig(Section):
    """How all explanation baselines are trained, and how long they write.

    Attributes:
        budget: configurations tried on validation, at most, the same for every baseline.
        vocabulary: most words of the vocabulary.
        words: most words of an explanation, in training and in decoding.
        epochs: most epochs.
        patience: epochs without a better validation loss, in a row, before training stops.
        batch_size: pairs a batch.
        clip: largest gradient norm.
    """

    budget: int = Field(ge=1)
    vocabulary: int = Field(ge=1)
    words: int = Field(ge=1)
    epochs: int = Field(ge=1)
    patience: int = Field(ge=1)
    batch_size: int = Field(ge=1)
    clip: float = Field(gt=0)


class Att2SeqSettings(Section):
    """Of Att2Seq (the paper: attributes 64, hidden 512, layers 2, dropout 0.2)."""

    learning_rate: Rates
    attributes: Counts
    hidden: Counts
    layers: Counts
    dropout: Shares


class NRTSettings(Section):
    """Of NRT (the paper: factors 300, hidden 400, layers 4, no dropout, weights 1, 1 and 1e-4)."""

    learning_rate: Rates
    factors: Counts
    hidden: Counts
    layers: Counts
    dropout: Shares
    rating_weight: Weights
    content_weight: Weights
    l2_weight: Weights


class PETERSettings(Section):
    """Of PETER and PETER+ (the paper: 512, 2, 2048, 2, dropout 0.2, weights 0.1 and 1)."""

    learning_rate: Rates
    width: Counts
    heads: Counts
    feedforward: Counts
    layers: Counts
    dropout: Shares
    rating_weight: Weights
    content_weight: Weights


class ExplanationBaselinesConfig(Section):
    """The explanation baselines, and what is the same for all of them."""

    training: TextTrainingConfig
    att2seq: Att2SeqSettings
    nrt: NRTSettings
    peter: PETERSettings
    peter_plus: PETERSettings
