"""PMF: probabilistic matrix factorization of ratings (Salakhutdinov and Mnih, NIPS 2007)."""

from pipeline.recommenders.parts.cornac_models import by_user
from pipeline.recommenders.parts.cornac_settings import factors

FIT = by_user(
    lambda models, settings, seed: models.PMF(variant="linear", **factors(settings, seed)),
    lambda model, data: (model.U, model.V),
    rated=True,
)
