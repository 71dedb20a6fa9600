"""PETER+: PETER that is told the feature of the explanation in question, an oracle."""

from functools import partial

from pipeline.baselines.explanation.explainer import Make
from pipeline.baselines.explanation.peter import PETER

MAKE: Make = partial(PETER, with_feature=True)
