"""Figures worked by hand: two tests, three draws of three candidates."""

import numpy as np
import pytest

from pipeline.artifacts import make_table
from pipeline.data.next_items import NextItems, joined
from pipeline.evaluation.choice import (
    Choices,
    choice_metrics,
    choice_sums,
    detectable,
    read_chosen,
    stored_choices,
)
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.predictions import PredictionError
from pipeline.tables import CHOICES, CHOSEN, ITEM_IDENTIFIERS

TITLES = ["Heat", "The Net", "The Network", "Air", "Mew"]
CONFIG = EvaluationConfig(resamples=200)
EXAMPLES = NextItems(joined([np.array([3, 4])] * 2), np.array([0, 2], dtype=np.int32), np.array([7, 9]))
SETS = np.array([[[0, 1, 2], [1, 2, 3]], [[3, 0, 4], [2, 0, 3]], [[0, 3, 1], [4, 2, 1]]], dtype=np.int32)
CHOICES_OF_TWO = Choices(EXAMPLES, SETS, TITLES, left_out=1)


def table(items, text=None, alone=None):
    """CHOSEN of items by draw and test."""
    count = len(items) * 2
    return make_table(
        CHOSEN,
        {
            "draw": np.repeat(range(len(items)), 2),
            "user": [7, 9] * len(items),
            "item": np.ravel(items),
            "text": text or [None] * count,
            "text_alone": alone or [None] * count,
        },
    )


def metrics(chosen, choices=CHOICES_OF_TWO):
    return choice_metrics(chosen, choices, CONFIG, np.random.default_rng(0))


def values(found, method):
    return {name: estimate.value for name, estimate in found.estimates[method].items()}


MODEL = table([[0, 2], [0, 3]], ["Heat", "The Network", "heat\nAir", "Nothing"], ["Air", None, "", "Mew"])
OTHER = table([[0, 1], [0, 2], [3, 2]])


def test_figures_by_hand():
    found = metrics({"peapod": MODEL, "second": OTHER})
    assert (found.tests, found.left_out, found.candidates, found.draws) == (2, 1, 3, 2)
    # Of two draws of two tests: three hits each.
    assert values(found, "second") == {"HR@1": 0.75}
    assert values(found, "peapod") == {
        "HR@1": 0.75,
        "HR@1_title": 0.75,
        "ValidRatio_title": 0.75,
        # "The Network" holds "The Net", which is a candidate of the first draw.
        "HR@1_within": 0.5,
        "ValidRatio_within": 0.5,
        # Air is no candidate of the first test's first draw, nor Mew of the second's second.
        "HR@1_title_alone": 0.0,
        "ValidRatio_title_alone": 0.0,
        "HR@1_within_alone": 0.0,
        "ValidRatio_within_alone": 0.0,
    }
    assert found.chance["HR@1"].value == pytest.approx(1 / 3, abs=1e-6)
    # Of the right titles in these four sets "The Network" beside "The Net" alone isn't valid.
    assert found.ceiling == 0.75


def test_all_draws_that_a_method_answered_stand_by_themselves():
    found = metrics({"peapod": MODEL, "second": OTHER}).redrawn
    # Hit ratios 1/2, 1, 1/2.
    assert (found["second"].draws, found["second"].mean) == (3, pytest.approx(2 / 3, abs=1e-6))
    assert found["second"].deviation == pytest.approx(np.sqrt(1 / 12), abs=1e-6)
    assert (found["peapod"].draws, found["peapod"].mean) == (2, 0.75)
    one = metrics({"second": table([[0, 2]])}).redrawn["second"]
    assert (one.draws, one.mean, one.deviation) == (1, 1.0, None)


def test_differences_are_paired_by_test():
    found = metrics({"peapod": MODEL, "second": OTHER})
    gap = found.differences["second"]["HR@1"]
    # Means over two draws: the model 1 and 1/2, the other as well; every resample gives zero.
    assert (gap.value, gap.low, gap.high, gap.p) == (0.0, 0.0, 0.0, 1.0)
    assert found.comparisons == 1
    assert found.detectable == {"second": 0.0}
    right = metrics({"peapod": table([[0, 2]]), "second": table([[1, 2]])})
    # Differences 1 and 0: mean 1/2, standard error 1/2.
    assert right.differences["second"]["HR@1"].value == 0.5
    assert right.detectable["second"] == pytest.approx(2.8016 * 0.5)
    assert right.ceiling is None


def test_the_detectable_difference_is_found_in_four_of_five_samples():
    rng = np.random.default_rng(1)
    spread = 0.6
    least = detectable(spread * np.tile([-1.0, 1.0], 200))
    found = 0
    for _ in range(2000):
        sample = rng.normal(least, spread, size=400)
        found += abs(sample.mean()) > 1.96 * sample.std(ddof=1) / 20
    assert found / 2000 == pytest.approx(0.8, abs=0.04)
    assert detectable(np.array([1.0])) is None


def test_without_a_model_or_without_candidates_there_is_nothing_to_compare():
    alone = metrics({"second": OTHER})
    assert (alone.draws, alone.differences, alone.comparisons) == (3, {}, 0)
    for empty in (metrics({}, None), metrics({})):
        assert (empty.tests, empty.estimates) == (0, {})
    assert metrics({}).plain() == {"tests": 0, "left_out": 1}


@pytest.mark.parametrize(
    ("items", "change", "message"),
    [
        (
            [[0, 2]],
            {"user": [7, 8]},
            "row 2 is item 2 of user 8 in draw 0; wanted: a candidate of user 9 in draw 0",
        ),
        ([[0, 2]], {"draw": [0, 1]}, "row 2 is item 2 of user 9 in draw 1; wanted: a candidate of user 9"),
        ([[0, 0]], {}, "row 2 is item 0 of user 9"),
        ([[0, 2]] * 4, {}, "8 rows; 2 tests in 1 to 3 draws wanted"),
    ],
)
def test_predictions_that_dont_fit_name_file_and_row(items, change, message):
    given = table(items).to_pydict() | change
    with pytest.raises(PredictionError, match=f"predictions/second/choice.parquet: {message}"):
        metrics({"second": make_table(CHOSEN, given)})


def test_a_table_that_ends_in_the_midst_of_a_draw_is_refused():
    with pytest.raises(PredictionError, match="3 rows; 2 tests in 1 to 3 draws wanted"):
        metrics({"second": table([[0, 2], [0, 2]]).slice(0, 3)})


def test_sums_over_tests_give_the_figures_of_all_draws():
    found = choice_sums(MODEL, CHOICES_OF_TWO, "peapod")
    # Two draws of each test: the first hit twice by likelihood, the second once.
    assert found.columns[:, [0, -1]].tolist() == [[1.0, 1.0], [0.5, 1.0]]
    totals = found.columns.sum(axis=0)
    alone = values(metrics({"peapod": MODEL}), "peapod")
    assert {name: statistic(totals) for name, statistic in found.metrics.items()} == alone
    # A third draw, which the model hasn't answered, counts for a recommender.
    other = choice_sums(OTHER, CHOICES_OF_TWO, "second")
    assert other.metrics["HR@1"](other.columns.sum(axis=0)) == pytest.approx(4 / 6)


def test_stored_choices_and_who_is_left_out(tmp_path):
    stored = make_table(CHOICES, {name: [] for name in CHOICES.names})
    named = make_table(
        ITEM_IDENTIFIERS,
        {
            "item": [1, 0],
            "mention": ["", ""],
            "answer": ["one", "zero"],
            "number": [None] * 2,
            "codes": [None] * 2,
        },
    )
    assert stored_choices(stored, named, np.array([7])) is None
    row = {
        "split": ["test"],
        "draw": [0],
        "user": [7],
        "history": [[1]],
        "target": [0],
        "candidates": [[1, 0]],
    }
    found = stored_choices(make_table(CHOICES, row), named, np.array([7, 8]))
    assert (found.titles, found.left_out, found.sets.tolist()) == (["zero", "one"], 1, [[[1, 0]]])
    assert read_chosen(tmp_path, ["most_popular"], None, ["choice"]) == {}
