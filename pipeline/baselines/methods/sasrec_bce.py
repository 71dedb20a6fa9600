"""SASRec (Kang and McAuley, ICDM 2018) with a binary loss, its original kind."""

from pipeline.baselines.recommendation.cornac_models import by_sequence
from pipeline.baselines.recommendation.cornac_settings import sequence

FIT = by_sequence(lambda models, settings, seed: models.SASRec(loss="bce", **sequence(settings, seed)))
