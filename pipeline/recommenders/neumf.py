"""NeuMF: matrix factorization and a perceptron in one (He et al., WWW 2017)."""

from pipeline.recommenders.parts.cornac_models import by_user
from pipeline.recommenders.parts.cornac_settings import neural

FIT = by_user(
    lambda models, settings, seed: models.NeuMF(num_factors=settings["factors"], **neural(settings, seed))
)
