"""GRU4Rec: a recurrent network over the history (Hidasi et al., ICLR 2016)."""

from pipeline.recommenders.parts.cornac_models import by_sequence
from pipeline.recommenders.parts.cornac_settings import chain

FIT = by_sequence(
    lambda models, settings, seed: models.GRU4Rec(layers=[settings["factors"]], **chain(settings, seed)),
    parallel=True,
)
