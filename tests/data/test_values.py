from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.layouts import EARLIEST, LATEST
from pipeline.data.records import BadRecordError
from pipeline.data.values import moment, number, plain_number, text_or_none

SECONDS = 1393545600  # 2014-02-28, 00:00 UTC


@pytest.mark.parametrize(
    ("value", "found"),
    [
        *((4, 4), (4.5, 4.5), ("4", 4), ("4.0", 4.0), (" 1300000000 ", 1300000000), ("-3", -3), ("+2", 2)),
        *(
            (True, None),
            (None, None),
            ("", None),
            ("four", None),
            ("4,0", None),
            ("1e3", None),
            ("0x1", None),
        ),
        *(("1_000", None), ("٤", None), ("nan", None), ([4], None), ("9" * 41, None)),
    ],
)
def test_a_plain_number_may_stand_in_quotes(value, found):
    assert plain_number(value) == found


def test_no_number_says_whether_it_is_text():
    with pytest.raises(
        BadRecordError, match="stars: wrong type: found 'four', wanted x, a number and not text"
    ):
        number("stars", "four", "x")
    with pytest.raises(BadRecordError, match=r"stars: wrong type: found \[4\], wanted x$"):
        number("stars", [4], "x")


@pytest.mark.parametrize(
    "value",
    [
        *(
            SECONDS,
            SECONDS * 1000,
            SECONDS * 10**6,
            SECONDS * 10**9,
            float(SECONDS),
            str(SECONDS),
            f"{SECONDS}.5",
        ),
        *("2014-02-28", "20140228", "2014-02-28T00:00:00", "2014-02-28 00:00:00", "2014-02-28T00:00:00Z"),
        *("2014-02-28T01:00:00+01:00", "Thu Feb 27 16:00:00 -0800 2014"),
    ],
)
def test_every_way_to_write_a_time_gives_its_seconds(value):
    assert moment("time", value) == SECONDS


@given(st.integers(EARLIEST, LATEST - 1), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_what_a_number_counts_is_told_by_its_size(seconds, per_second):
    assert moment("time", seconds * per_second + per_second // 2) == seconds


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)))
def test_iso_dates_are_utc_where_no_zone_is_given(when):
    assert moment("time", when.isoformat()) == int(when.replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        *((-SECONDS, "out of range"), (1, "out of range"), ("17", "out of range"), (10**30, "out of range")),
        *((float("nan"), "out of range"), (float("inf"), "out of range"), ("1850-01-01", "out of range")),
        *(
            ("yesterday", "wrong type"),
            (True, "wrong type"),
            (None, "wrong type"),
            ("28.02.2014", "wrong type"),
        ),
    ],
)
def test_what_is_no_time_between_1990_and_2100_is_named(value, reason):
    with pytest.raises(BadRecordError, match=f"time: {reason}: found .*wanted Unix seconds or milliseconds"):
        moment("time", value)


def test_texts():
    assert text_or_none("text", None) is text_or_none("text", " \n") is None
    assert text_or_none("text", "ok \ud800") == "ok \ufffd"
    with pytest.raises(BadRecordError, match="text: wrong type: found 3, wanted a string"):
        text_or_none("text", 3)
