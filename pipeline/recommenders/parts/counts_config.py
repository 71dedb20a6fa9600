"""The hyper-parameters of what counts alone: co-occurrence, and texts beside it."""

from pipeline.recommenders.hyperparameters import Counts, Searched, Weights


class CooccurrenceSettings(Searched):
    """Sums over a user's newest items."""

    history: Counts
    """Newest items of a user that count."""

    gap_exponent: Weights
    """A pair of items in a train history counts gap ** -gap_exponent."""

    age_exponent: Weights
    """A user's newest items count age ** -age_exponent each."""

    backward: Weights
    """Weight of a pair for the item that came first, beside 1 for the one that came later."""


class CooccurrenceTextSettings(CooccurrenceSettings):
    """The same, and the likeness of texts."""

    text_weight: Weights
    """Weight of the texts' part beside 1 of the other."""
