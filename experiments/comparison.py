"""Methods compared on the same users: intervals, paired differences tested, the spread of seeds."""

from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.estimates import Resampled, intervals, rounded, tested
from pipeline.evaluation.schema.document import Estimates, Methods
from pipeline.evaluation.sufficient_statistics import SufficientStatistics
from pipeline.evaluation.uncertainty import resampled_sums


@dataclass(frozen=True)
class Compared:
    """Estimates and differences by entry, how many differences were tested, and how many users there are."""

    estimates: Methods
    differences: Methods
    comparisons: int
    users: int


@dataclass(frozen=True)
class Entry:
    """A line of a table: its key, its sums by user for each seed, and the key that it's compared with."""

    key: str
    seeds: list[SufficientStatistics]
    against: str | None


def compare(
    entries: list[Entry], primary: str, resamples: int, confidence: float, rng: np.random.Generator
) -> Compared:
    """Return figures by entry, each the mean over seeds with its interval, and differences between entries.

    A difference says by how much what an entry is compared with is better than it. Users are resampled,
    the same ones for every entry and seed. Differences of the figure `primary` are tested, adjusted for one
    another (Holm): figures of the same lists say nearly the same, and to
    test each would hide what one test finds. With several seeds a figure has the value of each under
    `by_seed`.
    """
    blocks = [sums.columns for entry in entries for sums in entry.seeds]
    columns = np.concatenate(blocks, axis=1)
    columns = columns[columns.any(axis=1)]
    ends = np.cumsum([block.shape[1] for block in blocks])[:-1]
    totals = iter(np.split(columns.sum(axis=0), ends))
    replicates = iter(np.split(resampled_sums(columns, resamples, rng), ends, axis=1))
    figures = {}
    by_seed = {}
    for entry in entries:
        of_seeds = [_figures(sums, next(totals), next(replicates)) for sums in entry.seeds]
        # A seed's test pairs may lack what a figure needs, bad ratings say.
        names = [name for name in of_seeds[0] if all(name in found for found in of_seeds)]
        by_seed[entry.key] = {name: [found[name].value for found in of_seeds] for name in names}
        figures[entry.key] = {name: _mean([found[name] for found in of_seeds]) for name in names}
    gaps = {
        entry.key: {
            name: figures[entry.against][name] - figure for name, figure in figures[entry.key].items()
        }
        for entry in entries
        if entry.against is not None
    }
    estimates = {
        key: _with_seeds(intervals(found, confidence), by_seed[key]) for key, found in figures.items()
    }
    differences = {key: intervals(gap, confidence) for key, gap in gaps.items()}
    chosen = {key: {primary: gap[primary]} for key, gap in gaps.items() if primary in gap}
    found, comparisons = tested(chosen, confidence)
    differences = {key: gap | found.get(key, {}) for key, gap in differences.items()}
    return Compared(estimates, differences, comparisons, len(columns))


def _with_seeds(estimates: Estimates, by_seed: dict[str, list[float]]) -> Estimates:
    return {
        name: estimate.model_copy(update={"by_seed": tuple(map(rounded, by_seed[name]))})
        if len(by_seed[name]) > 1
        else estimate
        for name, estimate in estimates.items()
    }


def _figures(sums: SufficientStatistics, totals: np.ndarray, replicates: np.ndarray) -> dict[str, Resampled]:
    return {
        name: Resampled(float(statistic(totals)), statistic(replicates))
        for name, statistic in sums.metrics.items()
    }


def _mean(figures: list[Resampled]) -> Resampled:
    return Resampled(
        float(np.mean([figure.value for figure in figures])),
        np.mean([figure.replicates for figure in figures], axis=0),
    )
