"""MLP: a perceptron over user and item (He et al., WWW 2017)."""

from pipeline.baselines.recommendation.cornac_models import by_user
from pipeline.baselines.recommendation.cornac_settings import neural

FIT = by_user(lambda models, settings, seed: models.MLP(**neural(settings, seed)))
