"""MF: matrix factorization of ratings, with biases (Koren et al., Computer 2009)."""

from pipeline.baselines.recommendation.cornac_models import by_user
from pipeline.baselines.recommendation.cornac_settings import factors

FIT = by_user(lambda models, settings, seed: models.MF(**factors(settings, seed)), rated=True)
