"""How much better some groups of users are served than others: U-NDCG and U-MRR.

Source: Xu et al., "A Study of Implicit Ranking Unfairness in Large Language Models" (2024), whose measure is
the difference between two groups. Of more than two it is here the largest mean minus the smallest, which
chance alone makes larger than 0: beside it stands what it is on average among users who are shuffled.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.audits.base import Audit, Audited, Part, bootstrapped
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import exact
from pipeline.evaluation.groups import Group, numbers_of_users, thirds
from pipeline.evaluation.ranking import MISS, discounted_gains, hits, relevant_ranks
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.sufficient_statistics import ratio

SHUFFLES = 200


def audit_user_groups(audited: Audited, config: EvaluationConfig, rng: np.random.Generator) -> AuditMetrics:
    """Return gaps between thirds of the users by activity and by the popularity of what they chose last."""
    groups = {
        kind: thirds(numbers) for kind, numbers in numbers_of_users(audited.split, audited.counts).items()
    }
    gains = {method: _gains(audited, lists) for method, lists in audited.lists.items()}
    parts = {
        method: [_part(name, kind, found, of) for kind, of in groups.items() for name, found in each.items()]
        for method, each in gains.items()
    }
    figures = bootstrapped(parts, config, rng)
    for method, each in gains.items():
        for kind, of in groups.items():
            for name, found in each.items():
                by_chance = exact(shuffled_gap(found, members_of(of), rng))
                figures[method][f"U-{name} {kind} by chance"] = by_chance
    sizes = {
        f"{kind}: {name}": int(group.members.sum())
        for kind, of in groups.items()
        for name, group in of.items()
    }
    return AuditMetrics(users=len(audited.split.users), estimates=figures, differences={}, groups=sizes)


def _gains(audited: Audited, lists: np.ndarray) -> dict[str, np.ndarray]:
    """Return what each test user's list is worth, by metric [N]."""
    ranks = relevant_ranks(lists, audited.split.targets)
    k = audited.k
    return {f"NDCG@{k}": discounted_gains(ranks, k), f"MRR@{k}": reciprocal_ranks(ranks, k)}


def members_of(groups: Mapping[str, Group]) -> np.ndarray:
    """Return who is in which group, a mask [N, G]."""
    return np.column_stack([group.members for group in groups.values()])


def reciprocal_ranks(ranks: np.ndarray, k: int) -> np.ndarray:
    """Return 1 / rank for each user with a hit in the first `k`, else 0.0; the mean is MRR@k."""
    return hits(ranks, k) / np.maximum(ranks, MISS + 1)


def _part(name: str, kind: str, gains: np.ndarray, groups: Mapping[str, Group]) -> Part:
    """Return each group's mean of `gains` [N], and the gap between groups."""
    members = members_of(groups)
    means = {f"{name} {kind}: {group}": ratio(n, len(groups) + n) for n, group in enumerate(groups)}
    return Part(np.column_stack([gains[:, None] * members, members]), means | {f"U-{name} {kind}": gap})


def gap(sums: np.ndarray) -> np.ndarray:
    """Return the largest mean of a group minus the smallest: [...] from sums of gains and members [..., 2G].

    A group without members, as in a resample, counts for nothing.
    """
    gains, members = np.split(sums, 2, axis=-1)
    means = gains / np.where(members > 0, members, np.nan)
    return np.asarray(np.nanmax(means, axis=-1) - np.nanmin(means, axis=-1))


def shuffled_gap(gains: np.ndarray, members: np.ndarray, rng: np.random.Generator) -> float:
    """Return the mean gap of groups of the same sizes that have nothing to do with `gains` [N]."""
    sizes = members.sum(axis=0)
    sums = np.array([rng.permutation(gains) @ members for _ in range(SHUFFLES)])
    return float(gap(np.column_stack([sums, np.tile(sizes, (SHUFFLES, 1))])).mean())


AUDIT: Audit = audit_user_groups
