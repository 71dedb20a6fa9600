"""The hyper-parameters of LLaRA's recommenders, as baselines.yaml has them."""

from pipeline.recommenders.hyperparameters import Counts, Rates, Searched, Shares, Weights


class DrosSearched(Searched):
    """As in DROS: one drawn item beside the target, the best look at validation by HR@20."""

    factors: Counts
    """Width of a vector."""

    steps: Counts
    """Most steps of the optimizer."""

    batch_size: Counts
    """Examples per step."""

    learning_rate: Rates
    """Learning rate."""

    weight_decay: Weights
    """L2 (LLaRA: one of 1e-3 to 1e-7)."""

    dropout: Shares
    """Dropout."""

    check_every: Counts
    """Steps between two looks at validation."""

    patience: Counts
    """Looks without a better one before training stops."""
