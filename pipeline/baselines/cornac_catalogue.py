"""Which of cornac's models are baselines, and which of their arguments our settings are."""

from typing import Any

from pipeline.baselines.cornac_models import by_encoded_history, by_history, by_sequence, by_user
from pipeline.baselines.training_data import Fit, Settings


def _factors(settings: Settings, seed: int) -> dict[str, Any]:
    return {
        "k": settings["factors"],
        "max_iter": settings["epochs"],
        "learning_rate": settings["learning_rate"],
        "lambda_reg": settings["regularization"],
        "verbose": False,
        "seed": seed,
    }


def _neural(settings: Settings, seed: int) -> dict[str, Any]:
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


def _autoencoder(settings: Settings, seed: int) -> dict[str, Any]:
    return {
        "k": settings["factors"],
        "n_epochs": settings["epochs"],
        "batch_size": settings["batch_size"],
        "learning_rate": settings["learning_rate"],
        "verbose": False,
        "seed": seed,
        "use_gpu": False,
    }


def _chain(settings: Settings, seed: int) -> dict[str, Any]:
    return {
        "n_epochs": settings["epochs"],
        "batch_size": settings["batch_size"],
        "learning_rate": settings["learning_rate"],
        "n_sample": settings["negatives"],
        "seed": seed,
    }


def _sequence(settings: Settings, seed: int) -> dict[str, Any]:
    return _chain(settings, seed) | {
        "embedding_dim": settings["factors"],
        "max_len": settings["history"],
        "dropout": settings["dropout"],
    }


CORNAC: dict[str, Fit] = {
    "ease": by_history(
        lambda models, s, seed: models.EASE(lamb=s["regularization"], posB=False, verbose=False, seed=seed),
        lambda model: model.B,
    ),
    "bpr": by_user(lambda models, s, seed: models.BPR(**_factors(s, seed))),
    "mf": by_user(lambda models, s, seed: models.MF(**_factors(s, seed)), rated=True),
    "pmf": by_user(lambda models, s, seed: models.PMF(variant="linear", **_factors(s, seed)), rated=True),
    "neumf": by_user(lambda models, s, seed: models.NeuMF(num_factors=s["factors"], **_neural(s, seed))),
    "mlp": by_user(lambda models, s, seed: models.MLP(**_neural(s, seed))),
    "vaecf": by_encoded_history(
        lambda models, s, seed: models.VAECF(autoencoder_structure=[s["hidden"]], **_autoencoder(s, seed))
    ),
    "bivaecf": by_user(
        lambda models, s, seed: models.BiVAECF(encoder_structure=[s["hidden"]], **_autoencoder(s, seed))
    ),
    "fpmc": by_sequence(lambda models, s, seed: models.FPMC(embedding_dim=s["factors"], **_chain(s, seed))),
    "gru4rec": by_sequence(lambda models, s, seed: models.GRU4Rec(layers=[s["factors"]], **_chain(s, seed))),
    "sasrec": by_sequence(lambda models, s, seed: models.SASRec(loss="ce", **_sequence(s, seed))),
    "sasrec_bce": by_sequence(lambda models, s, seed: models.SASRec(loss="bce", **_sequence(s, seed))),
    "bert4rec": by_sequence(
        lambda models, s, seed: models.TransformerRec(
            backbone="bert", objective="mlm", loss_at="all", **_sequence(s, seed)
        )
    ),
}
"""SASRec stands here twice: its result depends on its loss (docs/baselines.md)."""
