"""MLP: a perceptron over user and item (He et al., WWW 2017)."""

from pipeline.recommenders.parts.cornac_models import by_user
from pipeline.recommenders.parts.cornac_settings import neural

FIT = by_user(lambda models, settings, seed: models.MLP(**neural(settings, seed)))
