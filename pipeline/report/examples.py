"""Users to look at: history, ranked list, the item held out, and a generated explanation."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.report.influences import Influences, find_influences

HISTORY = 6
"""Newest history items shown; more would crowd the page."""


@dataclass(frozen=True)
class Explanation:
    """A generated sentence beside the one the user wrote, and the feature that the latter is about."""

    item: str
    feature: str | None
    generated: str
    reference: str


@dataclass(frozen=True)
class ShownExample:
    """One user. Items are raw ids; None in `ranked` is an answer that names no real item."""

    user: str
    earlier: int
    history: list[str]
    target: str
    ranked: list[str | None]
    rank: int | None
    topn_rank: int | None
    explanation: Explanation | None
    influences: Influences | None


@dataclass(frozen=True)
class Sources:
    """The tables that examples are taken from, by the names of `pipeline/tables.py`."""

    users: pa.Table
    items: pa.Table
    train: pa.Table
    validation: pa.Table
    test: pa.Table
    sequential: pa.Table
    topn: pa.Table
    attention: pa.Table
    explanations: pa.Table
    generated: pa.Table


def choose_users(sources: Sources, count: int, rng: np.random.Generator) -> list[int]:
    """Choose at most `count` test users at random: up to half of them hits, the rest from all others.

    Where there are explanations, only users with one in the test split are chosen. A hit has the item
    held out in the sequential list.
    """
    users = sources.test["user"].to_numpy()
    if len(sources.generated):
        explained = users[np.isin(users, sources.generated["user"].to_numpy())]
        users = explained if len(explained) else users
    users = rng.permutation(np.sort(users))
    held_out = dict(zip(sources.test["user"].to_pylist(), sources.test["item"].to_pylist(), strict=True))
    rows = zip(sources.sequential["user"].to_pylist(), sources.sequential["item"].to_pylist(), strict=True)
    hit_users = {user for user, item in rows if item is not None and held_out.get(user) == item}
    hits = [user for user in users.tolist() if user in hit_users]
    misses = [user for user in users.tolist() if user not in hit_users]
    chosen_hits = hits[: max(count // 2, count - len(misses))]
    return [*chosen_hits, *misses[: count - len(chosen_hits)]]


def make_examples(sources: Sources, count: int, rng: np.random.Generator) -> list[ShownExample]:
    """Return at most `count` examples, hits first."""
    chosen = choose_users(sources, count, rng)
    users = _names(sources.users, "user")
    items = _names(sources.items, "item")
    return [_example(user, sources, users, items) for user in chosen]


def _names(table: pa.Table, column: str) -> dict[int, str]:
    return dict(zip(table[column].to_pylist(), table[f"{column}_id"].to_pylist(), strict=True))


def _example(user: int, sources: Sources, users: dict[int, str], items: dict[int, str]) -> ShownExample:
    past = [_of(part, user).sort_by("position")["item"] for part in (sources.train, sources.validation)]
    history = [item for part in past for item in part.to_pylist()]
    target = _of(sources.test, user)["item"][0].as_py()
    ranked = _of(sources.sequential, user).sort_by("rank")["item"].to_pylist()
    candidates = _of(sources.topn, user).sort_by("rank")["item"].to_pylist()
    return ShownExample(
        user=users[user],
        earlier=max(len(history) - HISTORY, 0),
        history=[items[item] for item in history[-HISTORY:]],
        target=items[target],
        ranked=[None if item is None else items[item] for item in ranked],
        rank=_rank(target, ranked),
        topn_rank=_rank(target, candidates),
        explanation=_explanation(user, sources, items),
        influences=find_influences(user, sources.attention, sources.train, users, items),
    )


def _of(table: pa.Table, user: int) -> pa.Table:
    return table.filter(pc.field("user") == user)


def _rank(target: int, ranked: list[int | None]) -> int | None:
    return ranked.index(target) + 1 if target in ranked else None


def _explanation(user: int, sources: Sources, items: dict[int, str]) -> Explanation | None:
    generated = _of(sources.generated, user)
    if len(generated) == 0:
        return None
    item = generated["item"][0].as_py()
    written = _of(sources.explanations, user).filter(pc.field("item") == item)
    return Explanation(
        item=items[item],
        feature=written["feature"][0].as_py(),
        generated=generated["text"][0].as_py(),
        reference=written["explanation"][0].as_py(),
    )
