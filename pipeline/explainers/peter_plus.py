"""PETER+: PETER that is told the feature of the explanation in question, an oracle."""

from functools import partial

from pipeline.explainers.base import Make
from pipeline.explainers.transformer import PETER

MAKE: Make = partial(PETER, with_feature=True)
