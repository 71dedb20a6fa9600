from pipeline.evaluation.schema.tasks import BeyondMetrics
from pipeline.report.beyond import beyond_tables


def figure(value):
    return {"value": value, "low": value, "high": value}


def part(low, high, users, value):
    methods = {name: {"HR@5": figure(value)} for name in ("peapod", "bpr")}
    return {"from": low, "to": high, "users": users, "methods": methods}


KINDS = {
    "activity": {"low": part(4, 4, 1200, 0.1), "high": part(5, 30, 300, 0.2)},
    "popularity": {"low": part(0, 9, 1500, 0.3)},
}
BEYOND = BeyondMetrics.parse(
    {
        "spread": {name: {"coverage@5": {"value": 0.5}} for name in ("peapod", "bpr")},
        "popularity": {name: {"popularity@5": figure(12.345)} for name in ("peapod", "bpr")},
        "own_popularity": figure(10.0),
        "groups": {"sequential": KINDS, "topn": KINDS},
    },
    "metrics/beyond.json",
)


def test_tables_by_hand():
    tables = beyond_tables(BEYOND, ["bpr"])
    assert [table.caption for table in tables] == [
        "Sequential lists: what they hold",
        "Sequential by activity",
        "Sequential by popularity of the item held out",
        "Top-n by activity",
        "Top-n by popularity of the item held out",
    ]
    catalogue, activity, popularity = tables[:3]
    assert catalogue.columns == ["coverage@5", "popularity@5"]
    assert [row.label for row in catalogue.groups[0].rows] == ["PeaPOD", "BPR"]
    assert [cell.value for cell in catalogue.groups[0].rows[1].cells] == ["0.5000", "12.35"]
    assert "what users chose themselves, 10.00, is 1" in catalogue.notes[0]
    assert activity.columns == ["HR@5, 4", "HR@5, 5–30"]
    assert activity.notes == ("Users with a history of 4 items: 1,200, 5–30 items: 300.",)
    assert popularity.columns == ["HR@5, 0–9"]
