"""Explanations and tuples that others extracted, on the users and items of the dataset."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import artifacts
from pipeline.data.p5_explanations import read_p5_explanations
from pipeline.data.pseudonyms import UserNamer
from pipeline.data.records import DatasetError
from pipeline.explanations.corpus import SCRATCH
from pipeline.explanations.lexicon import FeatureCounts
from pipeline.explanations.sentires import SentiresReview, read_reviews
from pipeline.tables import EXPLANATIONS, ITEMS, USERS


class Interactions(NamedTuple):
    """Which (user, item) pairs the dataset has: users by what they are `named` there, items by raw id."""

    users: dict[str, int]
    items: dict[str, int]
    pairs: frozenset[tuple[int, int]]
    named: UserNamer

    def find(self, user_id: str, item_id: str) -> tuple[int, int] | None:
        """Return the pair of two raw ids, None where it isn't an interaction of the dataset."""
        pair = self.users.get(self.named(user_id), -1), self.items.get(item_id, -1)
        return pair if pair in self.pairs else None


def read_interactions(folder: Path, splits: Iterable[pa.Table], named: UserNamer = str) -> Interactions:
    """Read the ids in the preprocessed `folder`; `splits` together hold all interactions."""
    users = artifacts.read_table(folder / "users.parquet", USERS)
    items = artifacts.read_table(folder / "items.parquet", ITEMS)
    found: set[tuple[int, int]] = set()
    for split in splits:
        found.update(zip(split["user"].to_pylist(), split["item"].to_pylist(), strict=True))
    return Interactions(
        dict(zip(users["user_id"].to_pylist(), users["user"].to_pylist(), strict=True)),
        dict(zip(items["item_id"].to_pylist(), items["item"].to_pylist(), strict=True)),
        frozenset(found),
        named,
    )


def p5_explanations(folder: Path, interactions: Interactions) -> tuple[pa.Table, Counter[str]]:
    """Return the EXPLANATIONS of a P5 or POD folder, splits included, and what became of all it gives.

    Those on other pairs are left out; the first of several on a pair stays (train before validation before
    test).
    """
    given = read_p5_explanations(folder) if folder.is_dir() else None
    if given is None:
        raise DatasetError(
            f"{folder}: no explanation.json or exp_splits.pkl; explanations.path must name a P5 folder"
        )
    lines: dict[tuple[int, int], dict[str, Any]] = {}
    became = Counter[str](explanations_given=0, explanations_outside_dataset=0, explanations_repeated=0)
    for one in given:
        pair = interactions.find(one.user_id, one.item_id)
        became["explanations_given"] += 1
        became["explanations_outside_dataset"] += pair is None
        became["explanations_repeated"] += pair in lines
        if pair is not None:
            told = {"feature": one.feature, "explanation": one.explanation, "split": one.split}
            lines.setdefault(pair, {"user": pair[0], "item": pair[1], **told})
    ordered = [lines[pair] for pair in sorted(lines)]
    return pa.Table.from_pylist(ordered, schema=EXPLANATIONS), became


def write_sentires(
    path: Path, interactions: Interactions, scratch: Path, rows: int = 4096
) -> tuple[FeatureCounts, Counter[str]]:
    """Write Sentires' tuples as the first pass writes ours (see corpus.extract).

    Reviews on pairs that aren't in the dataset are counted and left out.
    """
    counts = FeatureCounts()
    totals = Counter[str]()
    lines = _lines(read_reviews(path), interactions, counts, totals)
    with artifacts.table_writer(scratch, SCRATCH) as writer:
        while batch := list(islice(lines, rows)):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=SCRATCH))
    return counts, totals


def _lines(
    reviews: Iterable[SentiresReview],
    interactions: Interactions,
    counts: FeatureCounts,
    totals: Counter[str],
) -> Iterator[dict[str, Any]]:
    for review in reviews:
        totals["reviews"] += 1
        pair = interactions.find(review.user_id, review.item_id)
        totals["reviews_outside_dataset"] += pair is None
        if pair is None:
            continue
        totals["reviews_with_text"] += 1
        totals["reviews_with_tuples"] += bool(review.tuples)
        for one in review.tuples:
            counts.add(one.feature)
        sentences = list(dict.fromkeys(one.sentence for one in review.tuples))
        yield {
            **{"row": review.number, "user": pair[0], "item": pair[1], "rating": review.rating},
            **{"has_text": True, "foreign": False, "sentences": sentences},
            "found": [{**one._asdict(), "sentence": sentences.index(one.sentence)} for one in review.tuples],
        }
