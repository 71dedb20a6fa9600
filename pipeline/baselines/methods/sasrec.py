"""SASRec: self-attention over the newest items (Kang and McAuley, ICDM 2018), with cross-entropy.

`sasrec_bce` is the same with its original kind of loss: its result depends on it (docs/baselines.md).
"""

from pipeline.baselines.recommendation.cornac_models import by_sequence
from pipeline.baselines.recommendation.cornac_settings import sequence

FIT = by_sequence(lambda models, settings, seed: models.SASRec(loss="ce", **sequence(settings, seed)))
