"""VAECF: a variational autoencoder of histories (Liang et al., WWW 2018)."""

from pipeline.recommenders.parts.cornac_models import by_encoded_history
from pipeline.recommenders.parts.cornac_settings import autoencoder

FIT = by_encoded_history(
    lambda models, settings, seed: models.VAECF(
        autoencoder_structure=[settings["hidden"]], **autoencoder(settings, seed)
    )
)
