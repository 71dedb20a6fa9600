"""What is held out of training, how lists are made of scores, and the figures of a list."""

from pathlib import Path

import numpy as np

from benchmarks.new_items import Asked, alone, held_out, known_texts, lists_by, row
from pipeline.artifacts import read_table
from pipeline.tables import ITEMS, REVIEWS
from stages.predictor import read_predictor


def test_no_review_of_a_held_out_item_is_left_and_only_later_ones_are_asked_for(workspace: Path) -> None:
    data = workspace / "data/preprocessed"
    ids = read_table(data / "items.parquet", ITEMS)["item_id"].to_pylist()
    found = held_out(data, 10)
    new = set(ids[::10])
    assert {one.item for one in found.items} == new
    assert {one["item"] for one in found.reviews} == set(ids) - new
    reviews = read_table(data / "reviews.parquet", REVIEWS).to_pylist()
    assert len(found.reviews) + sum(found.first.values()) + len(found.asked) == len(reviews)
    for item in found.items:
        said = [one for one in reviews if ids[one["item"]] == item.item]
        told = [one for one in said if one["text"] and one["text"] in item.text]
        assert len(told) >= found.first[item.item] == len(said) // 2
        assert max(one["timestamp"] for one in told) <= sorted(one["timestamp"] for one in said)[-1]
    assert all(one.item in new and one.item not in one.before for one in found.asked)


def test_lists_leave_out_what_users_had(workspace: Path) -> None:
    predictor = read_predictor()
    ids = predictor.people.item_ids
    scores = np.tile(np.arange(len(ids), dtype=float), (1, 1))
    found = lists_by(scores, [Asked("u", ids[3], [ids[0], ids[-1]])], predictor)
    assert found[0].tolist() == [*range(len(ids) - 2, 0, -1), -1, -1]
    assert len(known_texts(workspace / "data/preprocessed", len(ids))) == len(ids)


def test_new_items_alone_keep_their_order() -> None:
    lists = np.array([[4, 0, 3, 2, 1, -1]])
    assert alone(lists, 2).tolist() == [[4, 3, 2, -1, -1, -1]]


def test_a_row_by_hand() -> None:
    """Right at the first place, at the second, and not at all: HR@5 2/3, NDCG@5 (1 + 1 / log2(3)) / 3."""
    found = row("x", np.array([[1, 2], [1, 2], [1, 2]]), np.array([1, 2, 3]))
    assert found["HR@5"].startswith("0.6667 [")
    assert found["NDCG@5"].startswith("0.5436 [")
