"""What a recommender fits with, imported from its own module by name."""

from importlib import import_module

from pipeline.recommenders.base import BaselineError, Fit
from pipeline.recommenders.config import RECOMMENDERS


def fit_of(name: str) -> Fit:
    """Import what recommender `name` fits with: the stage of one depends on no other's module."""
    if name not in RECOMMENDERS:
        raise BaselineError(f"no baseline {name!r}; there are {', '.join(sorted(RECOMMENDERS))}")
    fit: Fit = import_module(f"pipeline.recommenders.{name}").FIT
    return fit
