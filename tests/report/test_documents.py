import pytest

from pipeline.report.documents import ReportError, document

SOME = document("metrics/x.json", {"a": 1, "b": {"c": "text"}, "d": ["e"], "t": True})


def test_reading():
    assert SOME.number("a") == 1
    assert SOME.section("b").get("c") == "text"
    assert SOME.names("d") == ["e"]


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda: SOME.get("z"), "metrics/x.json: no field 'z'; found a, b, d, t"),
        (lambda: SOME.number("b"), "metrics/x.json: field 'b' is .* a number is wanted"),
        (lambda: SOME.number("t"), "field 't' is True, a number is wanted"),
        (lambda: SOME.section("a"), "metrics/x.json: field 'a' is 1, a mapping is wanted"),
        (lambda: SOME.section("b").number("c"), "metrics/x.json: b: field 'c' is 'text'"),
        (lambda: SOME.names("b"), "a list of names is wanted"),
        (lambda: document("metrics/x.json", []), "metrics/x.json: list found, a mapping is wanted"),
        (lambda: document("metrics/x.json", {}).get("a"), "no field 'a'; found no fields"),
    ],
)
def test_errors(read, message):
    with pytest.raises(ReportError, match=message):
        read()
