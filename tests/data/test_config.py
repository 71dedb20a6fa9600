import pytest
from pydantic import ValidationError

from pipeline.data.config import DatasetConfig, SampleConfig


def test_the_sizes_of_the_bundled_sample_fit():
    SampleConfig(users=400, items=250, reviews=4000)


@pytest.mark.parametrize("reviews", [1999, 6401])
def test_sizes_that_cannot_be_are_refused_with_the_bounds(reviews):
    with pytest.raises(ValidationError, match=rf"reviews is {reviews}.*need 2000 .* to 6400"):
        SampleConfig(users=400, items=250, reviews=reviews)


def test_too_few_users_for_the_items_are_told_how_many_are_needed():
    with pytest.raises(
        ValidationError, match=r"16 reviews each can't review 100 items .*: raise users to 32 or"
    ):
        SampleConfig(users=31, items=100, reviews=500)
    with pytest.raises(ValidationError, match=r"need 500 .* to 512"):
        SampleConfig(users=32, items=100, reviews=499)
    SampleConfig(users=32, items=100, reviews=500)


def test_choices_are_literal():
    good = {"raw": "x", "format": "auto", "core": 5, "duplicates": "last"}
    good |= {"negatives": 99, "bad_records": "stop"}
    DatasetConfig(**good)
    for wrong in ({"format": "csv"}, {"core": -1}, {"negatives": 0}, {"duplicates": "none"}, {"raw": ""}):
        with pytest.raises(ValidationError, match=next(iter(wrong))):
            DatasetConfig(**{**good, **wrong})
