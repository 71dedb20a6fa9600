"""Whether newer items are shown than users chose: recency bias.

An item's newness is the share of items that train showed before it, from 0 to 1. An item that train never
shows is the newest there is.
"""

import numpy as np
from scipy.stats import rankdata

from pipeline.audits.base import HISTORY, Audit, Audited, AuditError, Part, bootstrapped
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.popularity import history_means, list_means, mean_over_users
from pipeline.evaluation.schema.audits import AuditMetrics


def audit_recency(audited: Audited, config: EvaluationConfig, rng: np.random.Generator) -> AuditMetrics:
    """Return the newness of what each method shows, and how far it lies above that of users' histories.

    Raises AuditError where the data has no times.
    """
    values = newness(audited.first_seen)
    split = audited.split
    own = history_means(split.owners, split.history, values, len(split.users))
    name = f"newness@{audited.k}"
    statistics = {name: _shown, f"recency_bias@{audited.k}": lambda sums: _shown(sums) - _chosen(sums)}
    parts = {
        method: [Part(np.column_stack([list_means(lists, values, audited.k), own]), statistics)]
        for method, lists in audited.lists.items()
    }
    parts[HISTORY] = [Part(own, {name: mean_over_users})]
    figures = bootstrapped(parts, config, rng)
    return AuditMetrics(users=len(split.users), estimates=figures, differences={})


def _shown(sums: np.ndarray) -> np.ndarray:
    return mean_over_users(sums[..., :2])


def _chosen(sums: np.ndarray) -> np.ndarray:
    return mean_over_users(sums[..., 2:])


def newness(first_seen: np.ndarray) -> np.ndarray:
    """Return the newness of items by when train shows them first, float64 [I], NaN where it doesn't.

    Raises AuditError where no item has a time.
    """
    seen = ~np.isnan(first_seen)
    if not seen.any():
        raise AuditError(
            "audit recency: the interactions have no times; take recency out of evaluation.audits, or name "
            "data with timestamps in dataset.raw"
        )
    found = np.ones(len(first_seen))
    found[seen] = (rankdata(first_seen[seen], method="min") - 1) / seen.sum()
    return found


AUDIT: Audit = audit_recency
