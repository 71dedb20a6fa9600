"""`metrics/beyond.json`: what accuracy doesn't say, for the model and every baseline alike."""

from collections.abc import Callable

import numpy as np

from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import estimated, exact, ranking_figures
from pipeline.evaluation.exposure import coverage, exposures, gini
from pipeline.evaluation.groups import numbers_of_users, thirds
from pipeline.evaluation.held_out import HeldOut
from pipeline.evaluation.popularity import (
    history_means,
    list_means,
    mean_over_users,
    ratio_of_means,
    self_information,
)
from pipeline.evaluation.recommendation import Recommended
from pipeline.evaluation.schema.document import Estimate, Estimates, Methods
from pipeline.evaluation.schema.tasks import BeyondMetrics, GroupMetrics
from pipeline.evaluation.uncertainty import resampled_sums, sums_interval


def beyond_metrics(
    found: dict[str, Recommended],
    split: HeldOut,
    counts: np.ndarray,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> BeyondMetrics:
    """Return the file's content; `found` is by task, `counts` [I] is how often train shows each item.

    What lists hold is told of the sequential ones alone: in top-n the candidates decide it.
    """
    if not found:
        return BeyondMetrics(own_popularity=None, popularity={}, spread={}, groups={})
    lists = found["sequential"].lists
    k = max(config.sequential_cutoffs)
    cutoffs = {"sequential": k, "topn": max(config.topn_cutoffs)}
    own, popularity = popularity_figures(lists, k, split, counts, config, rng)
    return BeyondMetrics(
        own_popularity=own,
        popularity=popularity,
        spread={method: spread_figures(ranked, k, len(counts)) for method, ranked in lists.items()},
        groups={
            task: group_figures(one.ranks, split, counts, cutoffs[task], config, rng)
            for task, one in found.items()
        },
    )


def spread_figures(lists: np.ndarray, k: int, size: int) -> Estimates:
    """Return coverage and Gini index of the first `k` places of `lists` [N, K] over `size` items.

    Without intervals: resampling repeats users and would distort both.
    """
    shown = exposures(lists, k, size)
    return {f"coverage@{k}": exact(coverage(shown)), f"gini@{k}": exact(gini(shown))}


def popularity_figures(
    lists: dict[str, np.ndarray],
    k: int,
    split: HeldOut,
    counts: np.ndarray,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> tuple[Estimate, Methods]:
    """Return the popularity of what users chose, and by method of what they are shown.

    The latter has ARP, its ratio to the users' own, and novelty. All share the resamples of users.
    """
    information = self_information(counts, len(split.users))
    columns = [history_means(split.owners, split.history, counts, len(split.users))]
    for ranked in lists.values():
        columns += [list_means(ranked, counts, k), list_means(ranked, information, k)]
    matrix = np.column_stack(columns)
    totals = matrix.sum(axis=0)
    resampled = resampled_sums(matrix, config.resamples, rng)

    def figure(statistic: Callable[[np.ndarray], np.ndarray], part: list[int]) -> Estimate:
        return estimated(sums_interval(totals[part], resampled[:, part], statistic, config.confidence))

    own = [0, 1]
    figures = {}
    for start, method in enumerate(lists):
        popularity = [4 * start + 2, 4 * start + 3]
        novelty = [4 * start + 4, 4 * start + 5]
        figures[method] = {
            f"popularity@{k}": figure(mean_over_users, popularity),
            f"popularity_ratio@{k}": figure(ratio_of_means, popularity + own),
            f"novelty@{k}": figure(mean_over_users, novelty),
        }
    return figure(mean_over_users, own), figures


def group_figures(
    ranks: dict[str, np.ndarray],
    split: HeldOut,
    counts: np.ndarray,
    k: int,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> dict[str, dict[str, GroupMetrics]]:
    """Return HR@k and NDCG@k of every method by group of users; `ranks` [N] are by method."""
    return {
        kind: {
            name: GroupMetrics(
                smallest=group.smallest,
                largest=group.largest,
                users=int(group.members.sum()),
                methods=ranking_figures(
                    {method: found[group.members] for method, found in ranks.items()}, (k,), config, rng
                )[0],
            )
            for name, group in thirds(values).items()
        }
        for kind, values in numbers_of_users(split, counts).items()
    }
