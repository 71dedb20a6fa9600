import pytest

from pipeline.evaluation.choice import said_exactly, said_within


@pytest.mark.parametrize(
    ("answer", "exactly", "within"),
    [
        ("Heat\n", 0, 0),
        (" heat \nThe Net", 0, 0),
        ("The Net", 1, 1),
        # Where one title lies in another the authors' rule finds both.
        ("The Network", 2, None),
        ("I'd say Heat.", None, 0),
        ("Heat, The Net", None, None),
        ("", None, None),
        ("Nothing", None, None),
    ],
)
def test_what_an_answer_says(answer, exactly, within):
    titles = ["Heat", "The Net", "The Network"]
    assert said_exactly(answer, titles) == exactly
    assert said_within(answer, titles) == within


def test_an_empty_title_stands_in_every_answer_and_equal_ones_are_both_meant():
    assert said_within("Heat", ["Heat", ""]) is None
    assert said_exactly("Heat", ["Heat", ""]) == 0
    assert said_exactly("Heat", ["Heat", "HEAT"]) is None
