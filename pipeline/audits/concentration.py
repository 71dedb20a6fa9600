"""How much of what all users are shown falls on few items, beside what they chose themselves.

Without intervals: resampling repeats users, and with them their items, which makes lists look concentrated.
"""

import numpy as np

from pipeline.audits.base import HISTORY, Audit, Audited
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import exact
from pipeline.evaluation.exposure import coverage, exposures, gini
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.schema.document import Estimates


def audit_concentration(audited: Audited, config: EvaluationConfig, rng: np.random.Generator) -> AuditMetrics:
    """Return coverage, Gini index, Herfindahl-Hirschman index and entropy of every method's lists."""
    size = len(audited.counts)
    shown = {method: exposures(lists, audited.k, size) for method, lists in audited.lists.items()}
    shown[HISTORY] = np.bincount(audited.split.history, minlength=size)
    figures = {method: _figures(counts, audited.k) for method, counts in shown.items()}
    return AuditMetrics(users=len(audited.split.users), estimates=figures, differences={})


def _figures(counts: np.ndarray, k: int) -> Estimates:
    return {
        f"coverage@{k}": exact(coverage(counts)),
        f"gini@{k}": exact(gini(counts)),
        f"HHI@{k}": exact(herfindahl(counts)),
        f"entropy@{k}": exact(entropy(counts)),
    }


def herfindahl(counts: np.ndarray) -> float:
    """Return the sum of squared shares of exposures [I]: 1 for one item, 1 / I for all alike, 0 for none."""
    return float((_shares(counts) ** 2).sum())


def entropy(counts: np.ndarray) -> float:
    """Return the entropy of exposures [I] in bits: log2 of as many items, all alike, as are as spread."""
    shares = _shares(counts)
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / max(counts.sum(), 1)


AUDIT: Audit = audit_concentration
