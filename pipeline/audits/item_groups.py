"""Which groups of items are shown more, or less, than users chose them: GU, MGU and DGU.

Source: IFairLRS (Jiang et al., "Item-side Fairness of Large Language Model-based Recommendation System", WWW
2024). GU of a group is its share of all places in lists minus its share of all that users chose; MGU is the
mean of |GU| over groups, DGU the largest GU minus the smallest.
"""

import numpy as np

from pipeline.audits.base import Audit, Audited, Part, bootstrapped
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.groups import thirds
from pipeline.evaluation.predictions import NO_ITEM
from pipeline.evaluation.schema.audits import AuditMetrics
from pipeline.evaluation.sufficient_statistics import Statistic


def audit_item_groups(audited: Audited, config: EvaluationConfig, rng: np.random.Generator) -> AuditMetrics:
    """Return MGU and DGU over thirds of the items by train counts, and over categories if there are any."""
    groups = item_groups(audited)
    parts: dict[str, list[Part]] = {method: [] for method in audited.lists}
    for kind, found in groups.items():
        shares = np.column_stack(list(found.values()))
        chosen = chosen_shares(audited, shares)
        statistics = _statistics(kind, list(found), audited.k)
        for method, lists in audited.lists.items():
            shown = shown_shares(lists[:, : audited.k], shares)
            parts[method].append(Part(np.column_stack([shown, chosen]), statistics))
    sizes = {
        f"{kind}: {name}": int((share > 0).sum())
        for kind, found in groups.items()
        for name, share in found.items()
    }
    figures = bootstrapped(parts, config, rng)
    return AuditMetrics(users=len(audited.split.users), estimates=figures, differences={}, groups=sizes)


def item_groups(audited: Audited) -> dict[str, dict[str, np.ndarray]]:
    """Return, by kind and group, how much of each item belongs to a group: float64 [I].

    An item of several categories belongs to each in equal parts; of one without any nothing is counted.
    """
    found = {
        "popularity": {name: one.members.astype(np.float64) for name, one in thirds(audited.counts).items()}
    }
    names = sorted({name for told in audited.categories for name in told})
    if names:
        parts = {name: np.zeros(len(audited.counts)) for name in names}
        for item, told in enumerate(audited.categories):
            for name in told:
                parts[name][item] = 1 / len(told)
        found["category"] = parts
    return found


def shown_shares(lists: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return how many places of each of `lists` [N, k] belong to each group: [N, G] from `shares` [I, G]."""
    return np.asarray((shares[lists] * (lists != NO_ITEM)[..., None]).sum(axis=1))


def chosen_shares(audited: Audited, shares: np.ndarray) -> np.ndarray:
    """Return how much of each user's history belongs to each group: [N, G] from `shares` [I, G]."""
    found = np.zeros((len(audited.split.users), shares.shape[1]))
    np.add.at(found, audited.split.owners, shares[audited.split.history])
    return found


def group_unfairness(sums: np.ndarray) -> np.ndarray:
    """Return GU of each group: [..., G] from sums of shown and of chosen [..., 2G]."""
    shown, chosen = np.split(sums, 2, axis=-1)
    return _of_all(shown) - _of_all(chosen)


def _of_all(sums: np.ndarray) -> np.ndarray:
    totals = sums.sum(axis=-1, keepdims=True)
    return sums / np.where(totals > 0, totals, 1.0)


def _statistics(kind: str, groups: list[str], k: int) -> dict[str, Statistic]:
    def mean_size(sums: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(group_unfairness(sums)).mean(axis=-1))

    def spread(sums: np.ndarray) -> np.ndarray:
        return np.asarray(np.ptp(group_unfairness(sums), axis=-1))

    def of(number: int) -> Statistic:
        return lambda sums: group_unfairness(sums)[..., number]

    found = {f"MGU@{k} {kind}": mean_size, f"DGU@{k} {kind}": spread}
    # Of hundreds of categories nobody reads each.
    return found | (
        {f"GU@{k} {kind}: {name}": of(n) for n, name in enumerate(groups)} if len(groups) <= 3 else {}
    )


AUDIT: Audit = audit_item_groups
