"""EASE: a linear autoencoder in closed form (Steck, WWW 2019)."""

from pipeline.recommenders.parts.cornac_models import by_history

FIT = by_history(
    lambda models, settings, seed: models.EASE(
        lamb=settings["regularization"], posB=False, verbose=False, seed=seed
    ),
    lambda model: model.B,
)
