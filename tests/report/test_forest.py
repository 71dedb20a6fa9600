import pytest

from pipeline.report.forest import BOTTOM, LEFT, RIGHT, ROW, TOP, WIDTH, make_forest
from tests.evaluation.documents import methods

METRICS = methods(
    {
        "peapod": {"HR@5": {"value": 0.02, "low": 0.01, "high": 0.03}},
        "chance": {"HR@5": {"value": 0.0}},
    },
)
METHODS = [("peapod", "PeaPOD", ""), ("chance", "Chance", "")]


def test_places_by_hand():
    plot = make_forest("HR@5", METRICS, METHODS, {"SASRec": {"HR@5": 0.04}, "Other": {"HR@10": 1.0}})
    assert [tick.label for tick in plot.ticks] == ["0", "0.01", "0.02", "0.03", "0.04"]
    reach = WIDTH - LEFT - RIGHT
    model, chance, published = plot.rows
    assert (model.start, model.middle, model.end) == (
        LEFT + reach / 4,
        LEFT + reach / 2,
        LEFT + 3 * reach / 4,
    )
    assert (chance.start, chance.middle, chance.end) == (None, LEFT, None)
    assert (published.label, published.middle) == ("SASRec, published", WIDTH - RIGHT)
    assert [row.tone for row in plot.rows] == ["model", "plain", "published"]
    assert plot.model == model.middle
    assert plot.height == TOP + 3 * ROW + BOTTOM


def test_description_in_words():
    plot = make_forest("HR@5", METRICS, METHODS, {})
    assert plot.description == "HR@5 by method: PeaPOD 0.0200; Chance 0.0000"


def test_all_zeros_divide_by_nothing():
    zeros = methods({"peapod": {"HR@5": {"value": 0.0, "low": 0.0, "high": 0.0}}})
    assert make_forest("HR@5", zeros, METHODS[:1], {}).rows[0].middle == pytest.approx(LEFT)
