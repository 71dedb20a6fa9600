import numpy as np
import pytest

from pipeline.evaluation.choice import hit_ratio, said_exactly, said_within


def test_hit_ratio_of_each_draw_by_hand():
    scores = np.array([[0.1, 0.9, 0.5, 0.5], [3.0, 2.0, 1.0, 0.0]])
    targets = np.array([2, 0])
    sets = np.array([[[2, 0], [1, 0]], [[1, 2], [3, 0]], [[2, 3], [0, 1]], [[3, 2], [0, 1]]])
    # Both right; item 1 before 2; 2 and 3 equal, the first of them counts.
    assert hit_ratio(scores, targets, sets).tolist() == [1.0, 0.5, 1.0, 0.5]


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
