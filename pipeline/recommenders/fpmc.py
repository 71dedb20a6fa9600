"""FPMC: factorized Markov chains (Rendle et al., WWW 2010)."""

from pipeline.recommenders.parts.cornac_models import by_sequence
from pipeline.recommenders.parts.cornac_settings import chain

FIT = by_sequence(
    lambda models, settings, seed: models.FPMC(embedding_dim=settings["factors"], **chain(settings, seed))
)
