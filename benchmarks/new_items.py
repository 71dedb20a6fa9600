"""How well items are found that training never saw: `python -m benchmarks.new_items WORK` after `make repro`.

Every tenth item is held out of training altogether: a model with residual codes of texts is trained without
its interactions in the folder WORK, and the item comes back under a code by what its first reviews say
(`pipeline.serving.new_items`). Its later interactions are asked for, each after all that its user had before,
among all items, known and new. Beside the model stand the items with most reviewers, and the nearest text.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
import typer

from benchmarks.extraction_tables import table, write
from benchmarks.report import command_line
from benchmarks.retraining import train_in
from pipeline.artifacts import read_table
from pipeline.data.histories import Histories
from pipeline.data.item_texts import described_texts, item_documents
from pipeline.data.splits import SPLITS
from pipeline.evaluation.ranking import ranking_metrics, relevant_ranks
from pipeline.evaluation.uncertainty import percentile_interval, resampled_sums
from pipeline.identifiers.codebooks import Codebooks
from pipeline.identifiers.new_items import load_naming
from pipeline.params import load_yaml
from pipeline.runtime.errors import clear_errors
from pipeline.serving import Predictor
from pipeline.serving.new_items import NewItem, with_items
from pipeline.serving.requests import Recommend, Recommendation
from pipeline.tables import INTERACTIONS, ITEM_TEXTS, ITEMS, REVIEWS, USERS
from stages.inspect import changed
from stages.predictor import read_predictor

CUTOFFS = (5, 10)
RESAMPLES = 2000
NEWEST = 20
"""Items of a history whose texts are compared."""
SETTINGS = (
    "identifiers.method=residual",
    "identifiers.residual.vectors=text",
    "prompts.tasks=[sequential]",
    "dataset.format=amazon2014",
    # Of a user who had five interactions one may be held out.
    "dataset.core=3",
)


@dataclass(frozen=True)
class Asked:
    """An interaction with an item that training never saw: raw ids, what the user had before oldest first."""

    user: str
    item: str
    before: list[str]


@dataclass(frozen=True)
class HeldOut:
    """What is left out of training.

    Attributes:
        reviews: of the other items, with raw ids.
        items: as they come back, by their first reviews.
        first: how many these are, by item.
        asked: the later interactions.
    """

    reviews: list[dict[str, Any]]
    items: list[NewItem]
    first: dict[str, int]
    asked: list[Asked]


def held_out(data: Path, every: int) -> HeldOut:
    """Take one item in `every` out of what stage `preprocess` left in `data`."""
    users = read_table(data / "users.parquet", USERS)["user_id"].to_pylist()
    ids = read_table(data / "items.parquet", ITEMS)["item_id"].to_pylist()
    titles = described_texts(read_table(data / "item_texts.parquet", ITEM_TEXTS), len(ids))
    splits = [read_table(data / f"{name}.parquet", INTERACTIONS) for name in SPLITS]
    reviews = read_table(data / "reviews.parquet", REVIEWS).to_pylist()
    new = set(range(0, len(ids), every))
    told: dict[int, list[dict[str, Any]]] = {item: [] for item in new}
    for row in sorted(reviews, key=lambda one: (one["timestamp"] or 0, one["row"])):
        if row["item"] in new:
            told[row["item"]].append(row)
    first = {item: rows[: len(rows) // 2] for item, rows in told.items()}
    later = {(row["user"], item) for item, rows in told.items() for row in rows[len(first[item]) :]}
    items = [NewItem(ids[item], titles[item] or None, _said(rows)) for item, rows in first.items()]
    histories = Histories.from_tables(len(users), *splits)
    return HeldOut(
        [
            {**row, "user": users[row["user"]], "item": ids[row["item"]]}
            for row in reviews
            if row["item"] not in new
        ],
        items,
        {ids[item]: len(rows) for item, rows in first.items()},
        [
            Asked(users[user], ids[item], [ids[one] for one in own[:place]])
            for user, own in enumerate(histories)
            for place, item in enumerate(own.tolist())
            if (user, item) in later
        ],
    )


def _said(rows: list[dict[str, Any]]) -> str:
    return " ".join(filter(None, [part for row in rows for part in (row["summary"], row["text"])]))


def train_without(found: HeldOut, root: Path, work: Path, epochs: int) -> None:
    """Run the stages up to `train` in `work`, with the parameters of `root` but SETTINGS."""
    work.mkdir(parents=True, exist_ok=True)
    raw = work.resolve() / "reviews.json.gz"
    with gzip.open(raw, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in _lines(found.reviews))
    document = load_yaml(root / "params.yaml")
    settings = (*SETTINGS, f"dataset.raw={raw}", f"training.epochs={epochs}")
    train_in(work, changed(document, settings), root)


def _lines(reviews: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in reviews:
        yield {
            "reviewerID": row["user"],
            "asin": row["item"],
            "overall": row["rating"],
            "unixReviewTime": row["timestamp"],
            "summary": row["summary"] or "",
            "reviewText": row["text"] or "",
        }


def model_lists(predictor: Predictor, asked: list[Asked]) -> np.ndarray:
    """Return the rows of all items in the model's order for each question, int64 [Q, I]; -1 at the end."""
    rows = {name: row for row, name in enumerate(predictor.people.item_ids)}
    found = np.full((len(asked), len(rows)), -1, dtype=np.int64)
    answers = predictor.answer([Recommend(one.user, len(rows), one.before) for one in asked])
    for place, answer in enumerate(answers):
        listed = [rows[one.item] for one in cast(list[Recommendation], answer)]
        found[place, : len(listed)] = listed
    return found


def lists_by(scores: np.ndarray, asked: list[Asked], predictor: Predictor) -> np.ndarray:
    """Return the rows of items by scores [Q, I], the highest first, without what users had: int64 [Q, I]."""
    rows = {name: row for row, name in enumerate(predictor.people.item_ids)}
    left = scores.copy()
    for place, one in enumerate(asked):
        left[place, [rows[name] for name in one.before]] = -np.inf
    order = np.argsort(-left, axis=1, kind="stable")
    return np.where(np.isinf(np.take_along_axis(left, order, axis=1)), -1, order)


def text_scores(predictor: Predictor, texts: list[str], asked: list[Asked]) -> np.ndarray:
    """Return the products of items' text vectors and the mean one of a user's newest items, float [Q, I]."""
    naming = load_naming(predictor.people.new_items)
    assert isinstance(naming, Codebooks)
    vectors = naming.space.vectors(texts)
    rows = {name: row for row, name in enumerate(predictor.people.item_ids)}
    means = [vectors[[rows[name] for name in one.before[-NEWEST:]]].mean(axis=0) for one in asked]
    return np.stack(means) @ vectors.T


def known_texts(data: Path, items: int) -> list[str]:
    """Return the texts of the items that training knew, as stage `identifiers` read them."""
    said = read_table(data / "item_texts.parquet", ITEM_TEXTS)
    train = read_table(data / "train.parquet", INTERACTIONS)
    return item_documents(said, read_table(data / "reviews.parquet", REVIEWS), train, items)


def row(name: str, lists: np.ndarray, targets: np.ndarray) -> dict[str, Any]:
    """Return a row of the table: means with 95 % bootstrap intervals."""
    metrics = ranking_metrics(relevant_ranks(lists, targets), CUTOFFS)
    values = np.stack(list(metrics.values()), axis=1)
    means = resampled_sums(values, RESAMPLES, np.random.default_rng(0)) / len(values)
    found = [
        percentile_interval(value, drawn, 0.95) for value, drawn in zip(values.mean(0), means.T, strict=True)
    ]
    shown = [f"{one.value:.4f} [{one.low:.4f}, {one.high:.4f}]" for one in found]
    return {"by": name, **dict(zip(metrics, shown, strict=True))}


def tables(predictor: Predictor, found: HeldOut, work: Path) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return titled tables: among all items, and among the new ones alone."""
    data = work / "data/preprocessed"
    before = len(predictor.people.item_ids)
    predictor = with_items(predictor, found.items)
    rows = {name: row for row, name in enumerate(predictor.people.item_ids)}
    known = set(predictor.people.user_ids)
    asked = [Asked(one.user, one.item, [item for item in one.before if item in rows]) for one in found.asked]
    asked = [one for one in asked if one.user in known and one.before]
    targets = np.array([rows[one.item] for one in asked])
    texts = [*known_texts(data, before), *[one.document for one in found.items]]
    counts = np.bincount(predictor.people.train.items, minlength=len(rows)).astype(float)
    for name, count in found.first.items():
        counts[rows[name]] = count
    taken = np.tile(counts, (len(asked), 1))
    lists = {
        "PeaPOD, codes of texts": model_lists(predictor, asked),
        "most reviewers so far": lists_by(taken, asked, predictor),
        "nearest text": lists_by(text_scores(predictor, texts, asked), asked, predictor),
        "chance": lists_by(np.random.default_rng(0).random(taken.shape), asked, predictor),
    }
    new = len(rows) - before
    shown = [
        (f"{len(asked)} interactions with {new} new items, among all {len(rows)}", lists),
        (
            f"The same, among the {new} new items alone",
            {name: alone(one, before) for name, one in lists.items()},
        ),
    ]
    return [(title, [row(name, one, targets) for name, one in some.items()]) for title, some in shown]


def alone(lists: np.ndarray, before: int) -> np.ndarray:
    """Return lists [Q, I] without the items that training knew, the first `before`; -1 at the end."""
    kept = lists >= before
    # Stable, so that what is kept stays in its order.
    order = np.argsort(~kept, axis=1, kind="stable")
    return np.where(np.take_along_axis(kept, order, axis=1), np.take_along_axis(lists, order, axis=1), -1)


@clear_errors
def main(
    work: Path,
    root: Path = Path(),
    every: Annotated[int, typer.Option(min=2, help="Which items are held out.")] = 10,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of training.")] = 8,
    markdown: Annotated[Path | None, typer.Option(help="A page whose marked part gets the tables.")] = None,
) -> None:
    """Print HR and NDCG of interactions with new items; WORK keeps what was trained."""
    found = held_out(root / "data/preprocessed", every)
    if not (work / "models/peapod").is_dir():
        train_without(found, root, work, epochs)
    shown = tables(read_predictor(work), found, work)
    if markdown is not None:
        write(markdown, command_line(["python", *sys.orig_argv[1:]]), shown, "new items")
    print("\n\n".join(f"{title}\n{table(rows)}" for title, rows in shown))


if __name__ == "__main__":
    typer.run(main)
