"""What a source holds, and what would be left of it, in lines for readers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from pipeline.data.config import DatasetConfig
from pipeline.data.filtering import SHORTEST_HISTORY, k_core, keep_one_per_pair
from pipeline.data.interactions import Interactions
from pipeline.data.records import Faults
from pipeline.data.source import Source
from pipeline.data.statistics import order_audit


def inspection(source: Source, read: Interactions, faults: Faults, config: DatasetConfig) -> Iterator[str]:
    """Yield the lines; `read` and `faults` are what `source` gave, of at least one good record."""
    yield f"format      {source.format}"
    if source.columns:
        yield "columns     " + ", ".join(f"{role}: {name}" for role, name in source.columns.items())
        if "text" not in source.columns:
            yield "texts       none: nothing to find explanations in"
    yield f"records     {faults.read:,}, of them {faults.reasons.total():,} bad"
    yield from (f"  bad       {count:,} {reason}" for reason, count in faults.reasons.most_common())
    yield f"read        {_sizes(read)}"
    yield f"ratings     {_range(read.ratings)}"
    yield f"times       {_times(read)}"
    single = read.take(keep_one_per_pair(read, config.duplicates))
    yield f"duplicates  {len(read) - len(single):,} left out (dataset.duplicates: {config.duplicates})"
    for core in sorted({0, config.core}):
        kept = single.take(k_core(single.users, single.items, core))
        yield f"core {core:<7}{_sizes(kept)} stay, {len(single) - len(kept):,} interactions left out"
    yield f"            (a user needs {SHORTEST_HISTORY} in any case; dataset.core: {config.core})"
    if len(kept) and (fewest := _fewest_unseen(kept)) < config.negatives:
        yield f"negatives   {fewest} at most, {config.negatives} wanted: lower dataset.negatives first"
    if len(kept) and kept.timestamps is not None:
        share = order_audit(kept.recoded())["test_items_decided_by_ties"]
        yield f"ties        decide the test item of {share:.1%} of these users (dataset.ties: {config.ties})"


def _sizes(found: Interactions) -> str:
    users = len(np.unique(found.users))
    items = len(np.unique(found.items))
    return f"{len(found):,} interactions, {users:,} users, {items:,} items"


def _fewest_unseen(found: Interactions) -> int:
    """Return how many items the user with the most of them never interacted with."""
    users, items = np.unique(np.stack([found.users, found.items]), axis=1)
    return len(np.unique(items)) - int(np.unique(users, return_counts=True)[1].max())


def _range(ratings: np.ndarray | None) -> str:
    if ratings is None:
        return "none"
    missing = int(np.isnan(ratings).sum())
    without = f", {missing:,} interactions without" if missing else ""
    return f"{np.nanmin(ratings):g} to {np.nanmax(ratings):g}{without}"


def _times(read: Interactions) -> str:
    if read.timestamps is None:
        return "none: the order of the source counts as that of time"
    ends = (datetime.fromtimestamp(int(end), UTC) for end in (read.timestamps.min(), read.timestamps.max()))
    return " to ".join(f"{end:%Y-%m-%d}" for end in ends)
