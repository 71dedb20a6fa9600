"""PETER: a Transformer over user, item and words (Li, Zhang, Chen, ACL 2021)."""

from functools import partial

from pipeline.baselines.explanation.explainer import Make
from pipeline.baselines.explanation.peter import PETER

MAKE: Make = partial(PETER, with_feature=False)
