import numpy as np
import pytest

from pipeline import tables
from pipeline.artifacts import make_table
from pipeline.data.config import DatasetConfig
from pipeline.data.p5_explanations import P5Explanation
from pipeline.data.preparation import explanation_columns, keep_interactions, prepared_tables
from pipeline.data.records import DatasetError
from tests.data.build import interactions


def config(**changes):
    values = {"raw": "raw.json", "format": "auto", "core": 2, "duplicates": "last", "negatives": 1}
    return DatasetConfig(**{**values, "bad_records": "stop", **changes})


SQUARE = [(user, item) for user in (0, 1) for item in (0, 1, 2)]
# Each has an item that the other hasn't.
OVERLAPPING = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (1, 3)]


def test_what_goes_is_counted_by_cause():
    # One repeated pair, and a user with two interactions.
    found = interactions([*OVERLAPPING, (0, 1), (2, 0), (2, 1)], times=range(9))
    kept, account = keep_interactions(found, config(core=0))
    assert account == {"kept": 6, "filtered": 2, "duplicates": 1, "removed": 0}
    assert kept.user_ids == ["U000", "U001"]
    assert sum(account.values()) == len(found)
    # The later one of the two stays.
    assert kept.rows.tolist() == [1, 3, 4, 5, 6, 7]


def test_nothing_left_stops():
    with pytest.raises(DatasetError, match=r"raw\.json: none of 6 interactions is left after the 9-core"):
        keep_interactions(interactions(SQUARE), config(core=9))
    with pytest.raises(DatasetError, match=r"raw\.json: no good record; .*quarantine"):
        keep_interactions(interactions([]), config())


def test_tables_fit_their_schemas():
    kept = interactions(SQUARE)
    prepared = prepared_tables(kept, np.array([[0], [1]], dtype=np.int32), [])
    assert list(prepared) == [
        "users",
        "items",
        "train",
        "validation",
        "test",
        "candidates",
        "p5_explanations",
    ]
    made = {name: make_table(schema, columns) for name, (schema, columns) in prepared.items()}
    assert made["items"].to_pydict() == {"item": [0, 1, 2], "item_id": ["I000", "I001", "I002"]}
    assert made["test"]["item"].to_pylist() == [2, 2]
    assert made["candidates"]["negatives"].to_pylist() == [[0], [1]]
    assert made["p5_explanations"].num_rows == 0


def test_explanations_are_sorted_and_one_a_pair():
    given = [
        P5Explanation("U001", "I000", "late", None, "train"),
        P5Explanation("U000", "I002", "first", "tone", "train"),
        P5Explanation("U000", "I002", "second", "tone", "test"),
        P5Explanation("U009", "I002", "unknown user", "tone", "test"),
        P5Explanation("U000", "I009", "unknown item", "tone", "test"),
    ]
    table = make_table(tables.EXPLANATIONS, explanation_columns(given, interactions(SQUARE)))
    assert table["user"].to_pylist() == [0, 1]
    assert table["item"].to_pylist() == [2, 0]
    assert table["explanation"].to_pylist() == ["first", "late"]
    assert table["feature"].to_pylist() == ["tone", None]
    assert table["split"].to_pylist() == ["train", "train"]
    assert table["row"].to_pylist() == [None, None]


def test_low_ratings_go_and_what_has_none_stays():
    found = interactions([*OVERLAPPING, (0, 3), (1, 0)], ratings=[3, 4, 5, np.nan, 3, 3, 2.5, 1])
    kept, account = keep_interactions(found, config(core=0, lowest_rating=3.0))
    assert account == {"kept": 6, "filtered": 2, "duplicates": 0, "removed": 0}
    assert kept.rows.tolist() == [1, 2, 3, 4, 5, 6]
    with pytest.raises(DatasetError, match=r"none of 2 .* rated 3 or higher \(.* is 2\.5\)"):
        keep_interactions(found.take(slice(6, 8)), config(lowest_rating=3.0))


def test_items_that_nobody_has_stay_where_all_are_wanted():
    found = interactions([*OVERLAPPING, (2, 5)])
    assert keep_interactions(found, config(core=0))[0].item_ids == ["I000", "I001", "I002", "I003"]
    kept, _ = keep_interactions(found, config(core=0), every_item=True)
    assert kept.item_ids == ["I000", "I001", "I002", "I003", "I004", "I005"]
