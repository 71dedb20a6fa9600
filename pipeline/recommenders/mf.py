"""MF: matrix factorization of ratings, with biases (Koren et al., Computer 2009)."""

from pipeline.recommenders.parts.cornac_models import by_user
from pipeline.recommenders.parts.cornac_settings import factors

FIT = by_user(
    lambda models, settings, seed: models.MF(**factors(settings, seed)),
    lambda model, data: (model.u_factors, model.i_factors),
    rated=True,
)
