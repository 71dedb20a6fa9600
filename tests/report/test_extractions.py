import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts import make_table
from pipeline.report.extractions import Part, make_extractions, mark
from pipeline.tables import ITEMS, TUPLES


def marked(*args):
    """A sentence with <feature> and [opinion] in brackets."""
    signs = {"feature": "<{}>", "opinion": "[{}]", "": "{}"}
    return "".join(signs[part.role].format(part.text) for part in mark(*args))


@pytest.mark.parametrize(
    ("sentence", "feature", "opinion", "wanted"),
    [
        ("The sound is great.", "sound", "great", "The <sound> is [great]."),
        ("Great sound!", "sound", "great", "[Great] <sound>!"),
        # Of several the two nearest to each other, then the first.
        (
            "A great bag, and its strap is great.",
            "strap",
            "great",
            "A great bag, and its <strap> is [great].",
        ),
        ("Sound great, sound great", "sound", "great", "<Sound> [great], sound great"),
        # Whole words only.
        ("Strapless bag, nice strap", "strap", "nice", "Strapless bag, [nice] <strap>"),
        ("The sound isn't good", "sound", "isn't good", "The <sound> [isn't good]"),
        # One inside the other, or absent: what can't be shown stays unmarked.
        ("An easy to use bag", "use", "easy to use", "An easy to <use> bag"),
        ("It is great", "sound", "great", "It is [great]"),
        ("It is", "sound", "great", "It is"),
        ("The sound (a+b) is c++", "sound", "c++", "The <sound> (a+b) is [c++]"),
        ("It is", "", "great", "It is"),
    ],
)
def test_marks_by_hand(sentence, feature, opinion, wanted):
    assert marked(sentence, feature, opinion) == wanted


@given(st.text("ab .", max_size=12), st.text("ab", max_size=2), st.text("ab ", max_size=3))
def test_the_parts_are_the_sentence(sentence, feature, opinion):
    parts = mark(sentence, feature, opinion)
    assert "".join(part.text for part in parts) == sentence
    assert all(part.text for part in parts)
    for role, phrase in (("feature", feature), ("opinion", opinion)):
        assert [part.text for part in parts if part.role == role] in ([], [phrase])


def tables(count):
    tuples = {
        "row": range(count),
        "user": [0] * count,
        "item": [n % 2 for n in range(count)],
        "feature": ["strap"] * count,
        "opinion": ["flimsy"] * count,
        "sentence": [f"flimsy strap {n}" for n in range(count)],
        "sentiment": [-1] * count,
    }
    return make_table(TUPLES, tuples), make_table(ITEMS, {"item": [0, 1], "item_id": ["A", "B"]})


def drawn(count, wanted, seed=0):
    return make_extractions(*tables(count), wanted, np.random.default_rng(seed))


def test_each_is_drawn_once_in_review_order_by_the_seed():
    found = [one.parts[-1] for one in drawn(50, 20)]
    numbers = [int(part.text) for part in found]
    assert len(set(numbers)) == 20
    assert numbers == sorted(numbers)
    assert drawn(50, 20) == drawn(50, 20) != drawn(50, 20, seed=1)


def test_fewer_than_wanted_and_none():
    assert [one.item for one in drawn(3, 20)] == ["A", "B", "A"]
    assert drawn(0, 20) == drawn(3, 0) == []
    one = drawn(1, 1)[0]
    assert one.parts == [Part("flimsy", "opinion"), Part(" "), Part("strap", "feature"), Part(" 0")]
    assert (one.feature, one.opinion, one.positive) == ("strap", "flimsy", False)
