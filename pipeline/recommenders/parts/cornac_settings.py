"""Which arguments of cornac's models our settings are, for those that several models share."""

from typing import Any

from pipeline.recommenders.hyperparameters import Settings


def factors(settings: Settings, seed: int) -> dict[str, Any]:
    """Return the arguments of matrix factorizations by stochastic gradient descent (FactorsSettings)."""
    return {
        "k": settings["factors"],
        "max_iter": settings["epochs"],
        "learning_rate": settings["learning_rate"],
        "lambda_reg": settings["regularization"],
        "verbose": False,
        "seed": seed,
    }


def neural(settings: Settings, seed: int) -> dict[str, Any]:
    """Return the arguments of neural collaborative filtering (NeuralSettings)."""
    width = settings["factors"]
    return {
        # Towers halve from layer to layer; half of the first is the width of an embedding.
        "layers": (4 * width, 2 * width, width),
        "num_epochs": settings["epochs"],
        "batch_size": settings["batch_size"],
        "num_neg": settings["negatives"],
        "lr": settings["learning_rate"],
        "backend": "pytorch",
        "verbose": False,
        "seed": seed,
    }


def autoencoder(settings: Settings, seed: int) -> dict[str, Any]:
    """Return the arguments of variational autoencoders but their layers (AutoencoderSettings)."""
    return {
        "k": settings["factors"],
        "n_epochs": settings["epochs"],
        "batch_size": settings["batch_size"],
        "learning_rate": settings["learning_rate"],
        "verbose": False,
        "seed": seed,
        "use_gpu": False,
    }


def chain(settings: Settings, seed: int) -> dict[str, Any]:
    """Return the arguments of next-item models but their width (ChainSettings)."""
    return {
        "n_epochs": settings["epochs"],
        "batch_size": settings["batch_size"],
        "learning_rate": settings["learning_rate"],
        "n_sample": settings["negatives"],
        "seed": seed,
    }
