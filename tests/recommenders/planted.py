"""Tiny splits with a pattern to find: two camps of users, who walk around the circle of their camp's items.

A user walks seven steps, 5 stars each; the last two are held out. With dislikes, their first item is one of
the other camp, with 1 star: what those need that learn from ratings. The last item is never in train. An
item's attributes are its camp and, every other one, that it's odd; its title is its camp's name.
"""

import numpy as np

from pipeline.artifacts import make_table
from pipeline.recommenders.ranking.baseline import Splits
from pipeline.tables import ATTRIBUTES, CANDIDATES, INTERACTIONS, ITEM_TEXTS

USERS, CAMP, STEPS = 40, 10, 7
ITEMS = 2 * CAMP + 1
UNKNOWN = ITEMS - 1


def histories(dislikes: bool = False) -> list[list[int]]:
    """Each user's items in order: users 0, 2, 4 and so on are of the first camp, a step apart."""
    walks = []
    for user in range(USERS):
        camp, start = user % 2, user // 2
        walk = [camp * CAMP + (start + step) % CAMP for step in range(STEPS)]
        if dislikes:
            walk[0] = (1 - camp) * CAMP + start * 3 % CAMP
        walks.append(walk)
    return walks


def planted_splits(dislikes: bool = False, rated: bool = True) -> Splits:
    """The splits; `rated` False leaves the ratings out, as in the P5 format."""
    walks = histories(dislikes)
    tables = {}
    parts = {"train": range(5), "validation": range(5, 6), "test": range(6, 7)}
    for name, places in parts.items():
        rows = [(user, walks[user][place], place) for user in range(USERS) for place in places]
        stars = [1.0 if dislikes and place == 0 else 5.0 for _, _, place in rows]
        columns = {key: [row[n] for row in rows] for n, key in enumerate(("user", "item", "position"))}
        empty = {key: [None] * len(rows) for key in ("timestamp", "row")}
        ratings = {"rating": stars if rated else [None] * len(rows)}
        tables[name] = make_table(INTERACTIONS, columns | empty | ratings)
    negatives = [np.setdiff1d(np.arange(ITEMS - 1), walk) for walk in walks]
    candidates = make_table(CANDIDATES, {"user": list(range(USERS)), "negatives": negatives})
    owned = [(item, f"camp {item // CAMP}") for item in range(ITEMS - 1)]
    owned += [(item, "odd") for item in range(1, ITEMS, 2)]
    items, names = zip(*sorted(owned), strict=True)
    attributes = make_table(ATTRIBUTES, {"item": items, "attribute": names})
    titles = ["red lip gloss" if item < CAMP else "blue nail file" for item in range(ITEMS - 1)]
    nothing = {"categories": [[]] * len(titles), "brand": [None] * len(titles)}
    texts = make_table(ITEM_TEXTS, {"item": range(len(titles)), "title": titles} | nothing)
    described = {"attributes": attributes, "texts": texts}
    ids = [str(item) for item in range(ITEMS)]
    return Splits(**tables, candidates=candidates, users=USERS, items=ITEMS, item_ids=ids, **described)
