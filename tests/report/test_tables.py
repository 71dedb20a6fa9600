import pytest

from pipeline.evaluation.schema.document import DocumentError, Estimate
from pipeline.report.inconsistencies import Doubt
from pipeline.report.tables import (
    difference_table,
    digits,
    figure_table,
    p_text,
    verdict,
    with_absent,
)
from tests.evaluation.documents import methods

METRICS = methods(
    {
        "model": {"HR@5": {"value": 0.02, "low": 0.01, "high": 0.04}},
        "chance": {"HR@5": {"value": 0.01}},
        "gap": {"HR@5": {"value": -0.0123, "low": -0.02, "high": -0.001}},
        "half": {"HR@5": {"value": 0.005, "low": -0.01, "high": 0.01}},
    },
)
MODEL, CHANCE = ("model", "Model", "note"), ("chance", "Chance", "")


def test_cells_and_bars_by_hand():
    table = figure_table("Accuracy", METRICS, ["HR@5"], [MODEL, CHANCE], {})
    model, chance = (row.cells[0] for row in table.groups[0].rows)
    assert (model.value, model.interval) == ("0.0200", "0.0100–0.0400")
    # The longest end, 0.04, is 100 on the scale.
    assert (model.start, model.middle, model.end) == (25.0, 50.0, 100.0)
    assert (chance.value, chance.interval, chance.start, chance.middle) == ("0.0100", "", None, 25.0)
    assert [row.tone for row in table.groups[0].rows] == ["model", "plain"]


def test_published_figures_share_the_scale_and_may_lack_a_column():
    published = {"SASRec": {"HR@5": 0.08}, "Other": {}}
    table = figure_table("Accuracy", METRICS, ["HR@5"], [MODEL], published)
    assert table.groups[0].rows[0].cells[0].middle == 25.0
    sasrec, other = (row.cells[0] for row in table.groups[1].rows)
    assert (sasrec.value, sasrec.middle) == ("0.0800", 100.0)
    assert (other.value, other.middle) == ("–", None)


def test_what_was_not_run_has_a_row_with_its_reason():
    table = with_absent(
        figure_table("Accuracy", METRICS, ["HR@5"], [MODEL]), {"VIP5": "needs images", "Model": "x"}
    )
    (row,) = table.groups[-1].rows
    assert (row.label, row.note, [cell.value for cell in row.cells]) == ("VIP5", "needs images", ["–"])


def test_differences_by_hand():
    table = difference_table("Gap", METRICS, ["HR@5"], [("gap", "Gap", ""), ("half", "Half", "")])
    gap, half = (row.cells[0] for row in table.groups[0].rows)
    assert (gap.value, gap.interval, gap.tone) == ("−0.0123", "−0.0200 to −0.0010", "worse")
    # The farthest end, 0.02 below zero, is 0; zero is 50.
    assert (gap.start, gap.middle, gap.end) == (0.0, 19.25, 47.5)
    assert (half.value, half.tone, half.end) == ("+0.0050", "unclear", 75.0)
    assert table.zero == 50.0


@pytest.mark.parametrize(
    ("low", "high", "p", "expected"),
    [
        (0.1, 0.2, None, "better"),
        (0.1, 0.2, 0.049, "better"),
        (0.1, 0.2, 0.05, "unclear"),
        (-0.2, -0.1, 0.001, "worse"),
        (0.0, 0.2, None, "unclear"),
        (-0.1, 0.1, 0.001, "unclear"),
        (None, None, None, "unclear"),
    ],
)
def test_verdict(low, high, p, expected):
    assert verdict(Estimate(value=0.0, low=low, high=high, p_adjusted=p)) == expected


def test_adjusted_p_values_stand_in_the_cells():
    gap = {"HR@5": {"value": 0.1, "low": 0.05, "high": 0.2, "p": 0.0002, "p_adjusted": 0.0421}}
    table = difference_table("Gap", methods({"gap": gap}), ["HR@5"], [("gap", "Gap", "")])
    assert table.groups[0].rows[0].cells[0].p == "p = 0.042"
    assert [p_text(p) for p in (None, 0.0004, 1.0)] == ["", "p < 0.001", "p = 1.000"]


def test_doubted_figures_are_marked_and_explained():
    doubt = Doubt("SASRec", ("HR@5",), "SASRec: misprinted.")
    published = {"SASRec": {"HR@5": 0.08}, "Other": {"HR@5": 0.01}}
    table = figure_table("Accuracy", METRICS, ["HR@5"], [MODEL], published, [doubt])
    assert [row.cells[0].value for row in table.groups[1].rows] == ["0.0800 †", "0.0100"]
    assert table.notes == ("† SASRec: misprinted.",)


def test_digits():
    names = ("HR@5", "BLEU-4", "ROUGE-L", "rouge_legacy_1", "USR", "popularity@10")
    assert [digits(name) for name in names] == [4, 2, 2, 2, 4, 2]


def test_missing_method_and_metric_are_named():
    with pytest.raises(DocumentError, match=r"no method 'x'; found chance, gap, half, model"):
        figure_table("Accuracy", METRICS, ["HR@5"], [("x", "X", "")], {})
    with pytest.raises(DocumentError, match=r"method 'model' has no 'HR@9'; found HR@5"):
        figure_table("Accuracy", METRICS, ["HR@9"], [MODEL], {})


def test_all_zeros_divide_by_nothing():
    zeros = methods({"model": {"HR@5": {"value": 0, "low": 0, "high": 0}}})
    assert figure_table("A", zeros, ["HR@5"], [MODEL], {}).groups[0].rows[0].cells[0].end == 0.0
    assert difference_table("A", zeros, ["HR@5"], [MODEL]).groups[0].rows[0].cells[0].value == "0.0000"
