import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.amazon import parse_line, to_record
from pipeline.data.layouts import LAYOUTS
from pipeline.data.plain_lines import plain_record
from pipeline.data.raw_lines import LONGEST_LINE
from pipeline.data.records import BadRecordError
from tests.data.test_amazon import OF_2014, OF_2018, OF_2023, json_values
from tests.hardening.fuzz.mutations import mutated

LAYOUT = LAYOUTS["amazon2014"]
LINE = json.dumps(OF_2014).encode()


def strict_record(line, layout=LAYOUT):
    try:
        return to_record(7, parse_line(7, line), layout)
    except BadRecordError:
        return None


def agrees(line, layout=LAYOUT):
    """Whether the fast way took the line; then it must say what the strict one says."""
    plain = plain_record(7, line, layout)
    if plain is not None:
        assert repr(plain) == repr(strict_record(line, layout))
    return plain is not None


@pytest.mark.parametrize("fields", [OF_2014, OF_2018, OF_2023])
def test_ordinary_lines_are_plain(fields):
    layout = LAYOUTS["amazon2023" if "user_id" in fields else "amazon2014"]
    text = {"reviewText" if "asin" in fields else "text": 'He said "wow" \u00e9\u4e2d\U0001f600 \\\\ \n'}
    for ascii_only in (True, False):
        for end in ("", "\n", "\r\n"):
            line = (json.dumps({**fields, **text}, ensure_ascii=ascii_only) + end).encode()
            assert agrees(line, layout)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"asin"', b'"overall": 4, "asin"'),
        (b'"asin"', b'"over\\u0061ll": 4, "asin"'),
        (b'"asin"', b'"": 1, "": 1, "asin"'),
        (b"[0, 0]", b'{"b": 1, "b": 1}'),
        (b"[0, 0]", b'[{"a": {"b": 1, "b": "c"}}]'),
        # Quotes that come from escapes would make up for those that a repeated key lost.
        (b"It's good.", b'", "reviewText": "\\u0022\\u0022\\u0022\\u0022'),
        (b'"asin"', b'"x": "\\u0022\\u0022\\u0022\\u0022\\u0022\\u0022", "overall": 4, "asin"'),
        (b"[0, 0]", b"9" * 4301),
        (b"[0, 0]", b"[" * 5000 + b"]" * 5000),
        (b"[0, 0]", b"[" * 1000 + b"]" * 1000),
        (b"[0, 0]", b"NaN"),
        (b"5.0", b"NaN"),
        (b"5.0", b"true"),
        (b"5.0", b"5.1"),
        (b"1393545600", b"1393545600.5"),
        (b"1393545600", b"9" * 30),
        (b"A1", b"\\ud800"),
        (b"A1", b" "),
        (b"It's good.", b"\\ud800"),
        (b"It's good.", b"\xff"),
        (b"It's good.", b"x" * LONGEST_LINE),
        (b'"It\'s good."', b"3"),
    ],
)
def test_unusual_lines_are_left_to_the_strict_reader(old, new):
    assert old in LINE
    assert plain_record(7, LINE.replace(old, new), LAYOUT) is None


@given(st.dictionaries(st.sampled_from([*OF_2014, 'a"b', "c\\"]), json_values), st.booleans())
def test_any_fields_agree_with_the_strict_reader(change, ascii_only):
    line = json.dumps({**OF_2014, **change}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    agrees(line)


@given(
    st.lists(
        st.tuples(st.sampled_from(["k", "\\u006b", '\\"', "\\u0022", "\\\\"]), st.text('\\"u02x', max_size=9))
    )
)
def test_a_key_that_stands_twice_is_never_taken(pairs):
    extra = "".join(f', "{key}": {json.dumps(value)}' for key, value in pairs)
    agrees(LINE[:-1] + extra.encode() + b"}")
    agrees(LINE[:-1] + extra.replace('\\"', "\\u0022").encode() + b"}")


def test_mutated_lines_agree_with_the_strict_reader():
    draw, taken = random.Random(0), 0
    lines = [json.dumps(fields).encode() for fields in (OF_2014, OF_2018)] + [repr(OF_2014).encode()]
    for _ in range(6000):
        taken += agrees(mutated(draw.choice(lines), draw))
    assert taken > 300
