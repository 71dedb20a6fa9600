"""Next items, each with what came before it: the examples of LLaRA, and sets of candidates for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.data.candidates import draw_unseen
from pipeline.data.histories import Histories
from pipeline.data.interactions import Interactions
from pipeline.data.records import DatasetError
from pipeline.data.splits import SPLITS, users_in_time

_BLOCK = 256


@dataclass(frozen=True)
class NextItems:
    """E items, each with the items before it.

    Attributes:
        histories: the newest items before each, oldest first [E]; they may be empty.
        targets: the items, int32 [E].
        users: whose they are, int32 [E].
    """

    histories: Histories
    targets: np.ndarray
    users: np.ndarray

    def __len__(self) -> int:
        """Return E."""
        return len(self.targets)

    def after(self, least: int) -> "NextItems":
        """Return those that `least` items or more come before (LLaRA: 3)."""
        return self.take(np.flatnonzero(self.histories.lengths() >= least))

    def take(self, chosen: np.ndarray) -> "NextItems":
        """Return those at these places."""
        kept = [self.histories[one] for one in chosen.tolist()]
        return NextItems(joined(kept), self.targets[chosen], self.users[chosen])


def joined(sequences: list[np.ndarray]) -> Histories:
    """Return sequences of items as the histories of as many users."""
    offsets = np.cumsum([0, *(len(one) for one in sequences)])
    items = np.concatenate([np.empty(0, dtype=np.int32), *sequences])
    return Histories(items.astype(np.int32), offsets.astype(np.int64))


def every_item(sequences: Histories, longest: int) -> NextItems:
    """Return each item of each sequence, with at most the `longest` newest before it."""
    users, places = sequences.places(first=0)
    return _at(sequences, users, places, longest)


def last_items(sequences: Histories, longest: int) -> NextItems:
    """Return the last item of each sequence that has any, with at most the `longest` newest before it."""
    users = sequences.users()
    return _at(sequences, users, sequences.lengths()[users] - 1, longest)


def held_out(until: Histories, targets: Histories, longest: int) -> NextItems:
    """Return the last item in `until` of each user who has any in `targets`, which ends with it.

    Both are of all users, `until` with everything up to the end of a split, `targets` with the split alone:
    under leave-one-out one item, under a split by users all that they have.
    """
    last = last_items(until, longest)
    return last.take(np.flatnonzero(np.isin(last.users, targets.users())))


def _at(sequences: Histories, users: np.ndarray, places: np.ndarray, longest: int) -> NextItems:
    ends = sequences.offsets[users] + places
    starts = np.maximum(sequences.offsets[users], ends - longest)
    before = [sequences.items[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return NextItems(joined(before), sequences.items[ends], users.astype(np.int32))


def split_by_users(interactions: Interactions, longest: int) -> dict[str, NextItems]:
    """Return LLaRA's split: whole users are train, validation or test, by the time of their first item.

    Every item of a train user is an example, and the last one of the others.
    """
    order = interactions.time_order()
    counts = np.bincount(interactions.users, minlength=len(interactions.user_ids))
    everyone = Histories(interactions.items[order], np.concatenate([[0], np.cumsum(counts)]))
    split = users_in_time(interactions)
    found = {}
    for name in SPLITS:
        users = np.flatnonzero(split == name)
        sequences = joined([everyone[user] for user in users.tolist()])
        examples = (every_item if name == "train" else last_items)(sequences, longest)
        found[name] = NextItems(examples.histories, examples.targets, users[examples.users].astype(np.int32))
    return found


def draw_choices(
    examples: NextItems, items: int, count: int, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Return `draws` sets of `count` candidates of each example, int32 [draws, E, count], shuffled.

    One of each set is the target; the others are uniform over all items but it and those of the history, as
    in LLaRA: items that the user had before them may be among them. A set of a larger number of draws begins
    with those of a smaller. Raises DatasetError where an example has too few such items.
    """
    lengths = examples.histories.lengths()
    if len(examples) and items - 1 - lengths.max() < count - 1:
        raise DatasetError(
            f"{count} candidates wanted of {items} items, of which up to {lengths.max()} stand in a history: "
            f"lower choices.candidates to {items - lengths.max()} or less"
        )
    sets = np.empty((draws, len(examples), count), dtype=np.int32)
    for draw in range(draws):
        for start in range(0, len(examples), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(examples)))
            negatives = draw_unseen(_taken(examples, rows, items), (len(rows), items), count - 1, rng)
            every = np.concatenate([examples.targets[rows, None], negatives], axis=1)
            sets[draw, rows] = rng.permuted(every, axis=1)
    return sets


def _taken(examples: NextItems, rows: np.ndarray, items: int) -> np.ndarray:
    """Return which items are no negatives of these examples, as places row * I + item, ascending."""
    taken = [
        np.append(examples.histories[row], examples.targets[row]).astype(np.int64) + place * items
        for place, row in enumerate(rows.tolist())
    ]
    return np.unique(np.concatenate(taken))


def choice_columns(examples: Mapping[str, NextItems], choices: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return the columns of CHOICES: each example of each split with each of its sets of candidates."""
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for split, some in examples.items():
        for draw, sets in enumerate(choices[split]):
            columns["split"] += [split] * len(some)
            columns["draw"] += [draw] * len(some)
            columns["user"] += some.users.tolist()
            columns["history"] += [some.histories[one] for one in range(len(some))]
            columns["target"] += some.targets.tolist()
            columns["candidates"] += list(sets)
    return columns


_COLUMNS = ("split", "draw", "user", "history", "target", "candidates")


def read_choices(table: pa.Table) -> dict[str, tuple[NextItems, np.ndarray]]:
    """Return examples and candidates, int32 [draws, E, candidates], by split, from a table CHOICES.

    Raises ValueError naming the first example whose candidates lack the target.
    """
    found = {}
    for split in dict.fromkeys(table["split"].to_pylist()):
        rows = table.filter(pa.compute.equal(table["split"], split))
        draws = max(rows["draw"].to_pylist()) + 1
        count = len(rows) // draws
        targets = rows["target"].to_numpy().astype(np.int32)
        flat = rows["candidates"].combine_chunks().flatten().to_numpy()
        sets = flat.reshape(len(rows), -1).astype(np.int32)
        lacking = np.flatnonzero(~(sets == targets[:, None]).any(axis=1))
        if len(lacking):
            raise ValueError(
                f"candidates: {len(lacking)} sets of {split} lack their target, the first is of example "
                f"{lacking[0] % count} in draw {lacking[0] // count}"
            )
        histories = joined([np.array(one, dtype=np.int32) for one in rows["history"][:count].to_pylist()])
        examples = NextItems(histories, targets[:count], rows["user"].to_numpy()[:count].astype(np.int32))
        found[split] = (examples, sets.reshape(draws, count, -1))
    return found
