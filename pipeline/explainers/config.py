"""Section `explanation_baselines` of baselines.yaml."""

from enum import StrEnum

from pydantic import Field

from pipeline.params import Section
from pipeline.recommenders.hyperparameters import Counts, Rates, Searched, Shares, Weights


class ExplanationBaseline(StrEnum):
    """The explanation baselines there are: each has its section below and its module beside this one."""

    ATT2SEQ = "att2seq"
    NRT = "nrt"
    PETER = "peter"
    PETER_PLUS = "peter_plus"


class TextTrainingConfig(Section):
    """How they are trained, and how long they write."""

    budget: int = Field(ge=1)
    """Most configurations of a method's lists tried on validation (loss per word)."""

    vocabulary: int = Field(ge=1)
    """Most words of the vocabulary (PETER: 20000), the most frequent ones of train."""

    words: int = Field(ge=1)
    """Most words and signs of an explanation (PETER: 15); at the extraction's 40 words hardly any is cut."""

    epochs: int = Field(ge=1)
    """Most epochs."""

    patience: int = Field(ge=1)
    """Epochs without a better validation loss, in a row, before training stops."""

    batch_size: int = Field(ge=1)
    """Pairs per batch."""

    clip: float = Field(gt=0)
    """Largest gradient norm."""


class Att2SeqSettings(Searched):
    """The paper: attributes 64, hidden 512, layers 2, dropout 0.2."""

    learning_rate: Rates
    """Learning rate."""

    attributes: Counts
    """Width of a user's and of an item's vector."""

    hidden: Counts
    """Width of the LSTM."""

    layers: Counts
    """Layers of the LSTM."""

    dropout: Shares
    """Dropout."""


class NRTSettings(Searched):
    """The paper: factors 300, hidden 400, layers 4, no dropout, weights 1, 1 and 1e-4."""

    learning_rate: Rates
    """Learning rate."""

    factors: Counts
    """Width of a user's and of an item's vector."""

    hidden: Counts
    """Width of the layers and of the GRU."""

    layers: Counts
    """Layers of the rating's part."""

    dropout: Shares
    """Dropout."""

    rating_weight: Weights
    """Weight of the rating's loss."""

    content_weight: Weights
    """Weight of the bag of words' loss."""

    l2_weight: Weights
    """Weight of all squared parameters; at the paper's 1e-4 the texts become the same for all."""


class PETERSettings(Searched):
    """The paper: width 512, heads 2, feedforward 2048, layers 2, dropout 0.2, weights 0.1 and 1."""

    learning_rate: Rates
    """Learning rate."""

    width: Counts
    """Width of the Transformer, a multiple of heads."""

    heads: Counts
    """Heads of each attention."""

    feedforward: Counts
    """Width of the feed-forward layers."""

    layers: Counts
    """Layers."""

    dropout: Shares
    """Dropout."""

    rating_weight: Weights
    """Weight of the rating's loss."""

    content_weight: Weights
    """Weight of the bag of words' loss."""


class ExplanationBaselinesConfig(Section):
    """Which of them run says `evaluation.explanation_baselines`."""

    training: TextTrainingConfig
    """The same for all."""

    att2seq: Att2SeqSettings
    """User and item set the first state of an LSTM."""

    nrt: NRTSettings
    """Rating, words and GRU from the same factors."""

    peter: PETERSettings
    """A Transformer over user, item and words."""

    peter_plus: PETERSettings
    """PETER that is also told the feature of the explanation it's asked for: an oracle, not a competitor."""
