import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.curves import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    describe,
    make_chart,
    nice_ticks,
    read_curves,
)
from pipeline.report.documents import ReportError

HEAD = "epoch,task,split,metric,value\n"


def test_reading():
    text = HEAD + "1,topn,train,loss,2.5\n1,topn,validation,loss,3\n2,topn,train,loss,2\n"
    assert read_curves(text, "c") == {
        ("topn", "loss"): {"train": [(1, 2.5), (2, 2.0)], "validation": [(1, 3.0)]}
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch,loss\n1,2\n", r"curves.csv: columns \['epoch', 'loss'\] found"),
        ("", "curves.csv: columns None found"),
        (HEAD + "1,topn,train,loss,2\none,topn,train,loss,2\n", "curves.csv, line 3: epoch 'one'"),
        (HEAD + "1,topn,train\n", "curves.csv, line 2: epoch '1' and value None"),
        (HEAD + "1,topn,test,loss,2\n", "curves.csv, line 2: split 'test'"),
        (HEAD + "1,topn,train,loss,nan\n", "curves.csv, line 2: split 'train' with value 'nan'"),
    ],
)
def test_faulty_files(text, message):
    with pytest.raises(ReportError, match=message):
        read_curves(text, "curves.csv")


def test_chart_by_hand():
    chart = make_chart(
        "topn", "loss", {"train": [(1, 4.0), (3, 0.0)], "validation": [(3, 2.0)]}, best_epoch=2
    )
    assert [tick.label for tick in chart.up] == ["0", "1", "2", "3", "4"]
    right, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
    assert chart.lines[0].points == f"{LEFT:.1f},{TOP:.1f} {right:.1f},{floor:.1f}"
    assert chart.lines[1].end == (right, (TOP + floor) / 2)
    assert chart.best == (LEFT + right) / 2
    assert make_chart("topn", "loss", {"train": [(1, 4.0)]}, best_epoch=9).best is None


def test_description_in_words():
    words = describe("loss", {"train": [(2, 1.0), (1, 3.0)], "validation": [(1, 2.0), (2, 2.0)]})
    assert words == (
        "train loss from 3.000 to 1.000, lowest 1.000 at epoch 2; "
        "validation loss from 2.000 to 2.000, lowest 2.000 at epoch 1"
    )


@given(st.floats(0, 50), st.floats(0, 50))
def test_ticks_enclose_and_are_few(one, other):
    low, high = min(one, other), max(one, other)
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low + 1e-9
    assert ticks[-1] >= high - 1e-9
    assert 2 <= len(ticks) <= 6
    assert ticks == sorted(set(ticks))
