"""What stands for an item: its metadata, else its train reviews, and never a held-out one."""

import pyarrow as pa

from pipeline.artifacts import make_table
from pipeline.data.item_texts import described_texts, item_documents, reviewed_texts
from pipeline.tables import INTERACTIONS, ITEM_TEXTS, REVIEWS

ITEMS = 4
OWNERS = [0, 1, 0, 2, 1]
TRAIN = [1, 2, 4]
"""Rows of the train split: records 1 to 5 are of OWNERS."""


def reviews(**changed: str) -> pa.Table:
    """Five reviews; `row3="text"` changes the text of record 3."""
    texts = [changed.get(f"row{row}", f"text {row}") for row in range(1, 6)]
    columns = {"row": range(1, 6), "user": [0, 0, 1, 1, 2], "item": OWNERS, "text": texts}
    nothing = {"rating": [None] * 5, "timestamp": [None] * 5}
    return make_table(REVIEWS, columns | nothing | {"summary": ["good", None, "bad", "fine", ""]})


def train() -> pa.Table:
    columns = {"user": [0, 0, 1], "item": [0, 1, 2], "position": [0, 1, 0], "row": TRAIN}
    return make_table(INTERACTIONS, columns | {"rating": [None] * 3, "timestamp": [None] * 3})


def told() -> pa.Table:
    columns = {"item": [0, 2], "title": ["Red Gloss", None], "categories": [["Beauty", "Lips"], ["Nails"]]}
    return make_table(ITEM_TEXTS, columns | {"brand": ["Acme", None]})


def test_title_categories_and_brand_are_one_text():
    assert described_texts(told(), ITEMS) == ["Red Gloss Beauty Lips Acme", "", "Nails", ""]
    assert described_texts(told(), 3, ("title", "categories")) == ["Red Gloss Beauty Lips", "", "Nails"]
    assert described_texts(told().slice(0, 0), 2) == ["", ""]


def test_summaries_and_texts_of_train_reviews():
    assert reviewed_texts(reviews(), train(), ITEMS) == ["good text 1", "text 2", "fine text 4", ""]


def test_what_is_held_out_changes_nothing_and_what_is_in_train_does():
    wanted = reviewed_texts(reviews(), train(), ITEMS)
    assert reviewed_texts(reviews(row3="the test item", row5="held out"), train(), ITEMS) == wanted
    assert reviewed_texts(reviews(row4="another"), train(), ITEMS) != wanted


def test_metadata_goes_before_reviews():
    found = item_documents(told(), reviews(), train(), ITEMS)
    assert found == ["Red Gloss Beauty Lips Acme", "text 2", "Nails", ""]


def test_without_reviews_there_is_no_text():
    assert item_documents(told().slice(0, 0), reviews().slice(0, 0), train(), 2) == ["", ""]
