"""BERT4Rec: bidirectional self-attention, trained on masked items (Sun et al., CIKM 2019)."""

from pipeline.baselines.recommendation.cornac_models import by_sequence
from pipeline.baselines.recommendation.cornac_settings import sequence

FIT = by_sequence(
    lambda models, settings, seed: models.TransformerRec(
        backbone="bert", objective="mlm", loss_at="all", **sequence(settings, seed)
    )
)
