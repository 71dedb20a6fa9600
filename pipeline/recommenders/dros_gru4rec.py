"""GRU4Rec by the recipe of DROS, as LLaRA's authors trained theirs."""

from pipeline.recommenders.base import Fit
from pipeline.recommenders.parts.dros_fit import dros_fit

FIT: Fit = dros_fit("GRU4Rec")
