"""BPR: matrix factorization by pairwise ranking (Rendle et al., UAI 2009)."""

from pipeline.baselines.recommendation.cornac_models import by_user
from pipeline.baselines.recommendation.cornac_settings import factors

FIT = by_user(lambda models, settings, seed: models.BPR(**factors(settings, seed)))
