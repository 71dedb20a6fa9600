import pytest

from pipeline.data.columns import find_columns, is_header
from pipeline.data.config import TableConfig
from pipeline.data.records import DatasetError

PLAIN = TableConfig()


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("userId movieId rating timestamp", "userId movieId rating timestamp"),
        ("user_id parent_asin rating timestamp", "user_id parent_asin rating timestamp"),
        ("user_id:token item_id:token rating:float timestamp:float", None),
        ("User-ID ISBN Book-Rating", "User-ID ISBN Book-Rating"),
        # Amazon's TSV of 2015: the other ids are those of the review and of the product's variants.
        (
            "marketplace customer_id review_id product_id product_parent star_rating review_date",
            "customer_id product_id star_rating review_date",
        ),
        ("review_id user_id business_id stars date", "user_id business_id stars date"),
        ("item user", "user item"),
    ],
)
def test_names_of_public_datasets_are_known(names, found):
    columns = find_columns(names.split(), PLAIN)
    assert list(columns.values()) == (found or names).split()
    assert list(columns) == ["user", "item", "rating", "timestamp"][: len(columns)]
    assert is_header(names.split(), PLAIN)


def test_the_best_known_name_wins():
    names = ["asin", "parent_asin", "reviewerID", "user_id", "time", "unixReviewTime"]
    assert find_columns(names, PLAIN) == {
        **{"user": "user_id", "item": "parent_asin", "timestamp": "unixReviewTime"}
    }


def test_texts_are_found():
    names = ["user", "item", "review_headline", "review_body"]
    found = find_columns(names, PLAIN)
    assert (found["summary"], found["text"]) == ("review_headline", "review_body")


def test_columns_may_be_named_and_left_out():
    names = ["kunde", "artikel", "rating", "timestamp"]
    config = TableConfig(user="kunde", item="artikel", rating="none")
    assert find_columns(names, config) == {"user": "kunde", "item": "artikel", "timestamp": "timestamp"}
    assert not is_header(names, PLAIN)


@pytest.mark.parametrize(
    ("names", "config", "message"),
    [
        (
            "a b c",
            {},
            "which column names the user and which the item isn't clear: the columns are 'a', 'b', 'c'. "
            "Set dataset.table.user and dataset.table.item to .* -S dataset.format=table "
            r"-S '\+\+dataset.table.user=NAME' -S '\+\+dataset.table.item=NAME'$",
        ),
        (
            "user b c",
            {},
            "which column names the item isn't clear: .* Set dataset.table.item to a column's name",
        ),
        ("user item", {"user": "kunde"}, "dataset.table.user is 'kunde'; the columns are 'user', 'item'"),
        ("user_id userId item", {}, "two columns for the user, user_id and userId: set dataset.table.user"),
        ("user item item", {}, "the column 'item' stands 2 times, once wanted"),
        ("a item", {"user": "none"}, "which column names the user isn't clear"),
    ],
)
def test_what_is_not_clear_is_asked_for(names, config, message):
    with pytest.raises(DatasetError, match=message):
        find_columns(names.split(), TableConfig(**config))


def test_following_the_advice_leads_on():
    names = ["user_id", "userId", "item"]
    assert find_columns(names, TableConfig(user="userId"))["user"] == "userId"
    assert find_columns(["x", "item"], TableConfig(user="x"))["user"] == "x"


def test_many_columns_are_not_all_told():
    with pytest.raises(DatasetError) as caught:
        find_columns([f"c{number}" for number in range(5000)], PLAIN)
    assert "'c29', ..." in str(caught.value)
    assert len(str(caught.value)) < 600
