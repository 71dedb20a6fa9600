import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.titles import TitleFaults, spoken, spoken_as_released, title_faults, told_apart


@pytest.mark.parametrize(
    ("title", "ours", "theirs"),
    [
        ("Net, The (1995)", "The Net", "The Net"),
        ("Four Rooms (1995)", "Four Rooms", "Four Rooms"),
        ("unknown", "unknown", ""),
        ("American in Paris, An (1951)", "An American in Paris", "A American in Parisn"),
        ("Good, The Bad and The Ugly, The (1966)", "The Good, The Bad and The Ugly", None),
        ("Tin Drum, The (Blechtrommel, Die) (1979)", "The Tin Drum (Blechtrommel, Die)", None),
        ("Air", "Air", ""),
    ],
)
def test_titles_as_prompts_say_them(title, ours, theirs):
    assert spoken(title) == ours
    if theirs is not None:
        assert spoken_as_released(title) == theirs


def test_faults_are_counted_by_lower_case_titles():
    titles = ["", " ", "Air", "AIR ", "Airport", "M", "Ed", "Dark City", "City Hall"]
    # Air is shared; M and Ed stand in none of the others, as City stands in two but is no title.
    assert title_faults(titles) == TitleFaults(empty=2, equal=2, contained=0)
    assert title_faults([*titles, "Edward"]) == TitleFaults(empty=2, equal=2, contained=1)
    assert title_faults(["Ed", "Ed", "Edward"]) == TitleFaults(empty=0, equal=2, contained=0)


def test_equal_titles_are_told_apart_by_the_longer_ones_or_their_places():
    titles = ["Heat", "Air", "air", "", "Up", "Up"]
    longer = ["Heat (1995)", "Air (1990)", "Air (2005)", "", "Up (2009)", "Up (2009)"]
    found = ["Heat", "Air (1990)", "Air (2005)", "item 4", "Up (2009) 5", "Up (2009) 6"]
    assert told_apart(titles, longer) == found


def test_a_place_behind_a_title_may_not_make_it_another_one():
    assert told_apart(["a", "a", "a 1"], ["a", "a", "a 1"]) == ["a 1 1", "a 2", "a 1 3"]


@given(st.lists(st.tuples(st.text("aA1 ", max_size=4), st.text("aA1 ", max_size=4))))
def test_no_title_is_empty_and_no_two_are_equal(pairs):
    found = told_apart([short for short, _ in pairs], [full for _, full in pairs])
    assert title_faults(found).empty == title_faults(found).equal == 0
    assert len(found) == len(pairs)
