"""PETER: a Transformer over user, item and words (Li, Zhang, Chen, ACL 2021)."""

from functools import partial

from pipeline.explainers.base import Make
from pipeline.explainers.transformer import PETER

MAKE: Make = partial(PETER, with_feature=False)
