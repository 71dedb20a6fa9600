"""BPR: matrix factorization by pairwise ranking (Rendle et al., UAI 2009)."""

from pipeline.recommenders.parts.cornac_models import by_user
from pipeline.recommenders.parts.cornac_settings import factors

FIT = by_user(
    lambda models, settings, seed: models.BPR(**factors(settings, seed)),
    lambda model, data: (model.u_factors, model.i_factors),
)
