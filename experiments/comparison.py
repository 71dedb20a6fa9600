"""Methods compared on the same users: intervals, paired differences tested, the spread of seeds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.evaluation.figures import Resampled, intervals, rounded, tested
from pipeline.evaluation.sums import Sums
from pipeline.evaluation.uncertainty import resampled_sums


@dataclass(frozen=True)
class Entry:
    """A line of a table: its key, its sums by user for each seed, and the key that it's compared with."""

    key: str
    seeds: list[Sums]
    against: str | None


def compare(
    entries: list[Entry], primary: str, resamples: int, confidence: float, rng: np.random.Generator
) -> dict[str, Any]:
    """Return figures by entry, each the mean over seeds with its interval, and differences between entries.

    `difference_to_KEY` says by how much the entry that KEY is compared with is better. Users are resampled,
    the same ones for every entry and seed. Differences of the figure `primary` are tested, adjusted for one
    another (Holm), and `comparisons` is their number: figures of the same lists say nearly the same, and to
    test each would hide what one test finds. With several seeds a figure has the value of each under
    `by_seed`.
    """
    blocks = [sums.columns for entry in entries for sums in entry.seeds]
    columns = np.concatenate(blocks, axis=1)
    columns = columns[columns.any(axis=1)]
    ends = np.cumsum([block.shape[1] for block in blocks])[:-1]
    totals = iter(np.split(columns.sum(axis=0), ends))
    replicates = iter(np.split(resampled_sums(columns, resamples, rng), ends, axis=1))
    figures, by_seed = {}, {}
    for entry in entries:
        of_seeds = [_figures(sums, next(totals), next(replicates)) for sums in entry.seeds]
        # A seed's test pairs may lack what a figure needs, bad ratings say.
        names = [name for name in of_seeds[0] if all(name in found for found in of_seeds)]
        by_seed[entry.key] = {name: [found[name].value for found in of_seeds] for name in names}
        figures[entry.key] = {name: _mean([found[name] for found in of_seeds]) for name in names}
    gaps = {
        f"difference_to_{entry.key}": {
            name: figures[entry.against][name] - figure for name, figure in figures[entry.key].items()
        }
        for entry in entries
        if entry.against is not None
    }
    document: dict[str, Any] = {key: intervals(found, confidence) for key, found in figures.items()}
    for key, found in by_seed.items():
        for name, values in found.items():
            if len(values) > 1:
                document[key][name]["by_seed"] = [rounded(value) for value in values]
    document |= {key: intervals(gap, confidence) for key, gap in gaps.items()}
    chosen = {key: {primary: gap[primary]} for key, gap in gaps.items() if primary in gap}
    for key, found in tested(chosen, confidence).items():
        document[key] = document[key] | found if key in gaps else found
    return document | {"users": len(columns)}


def _figures(sums: Sums, totals: np.ndarray, replicates: np.ndarray) -> dict[str, Resampled]:
    return {
        name: Resampled(float(statistic(totals)), statistic(replicates))
        for name, statistic in sums.figures.items()
    }


def _mean(figures: list[Resampled]) -> Resampled:
    return Resampled(
        float(np.mean([figure.value for figure in figures])),
        np.mean([figure.replicates for figure in figures], axis=0),
    )
