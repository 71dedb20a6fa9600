import ast
import contextlib
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data import amazon
from pipeline.data.amazon import choose_layout, parse_line, read_amazon, to_record
from pipeline.data.layouts import LAYOUTS
from pipeline.data.records import BadRecordError, DatasetError, Faults, Record

OF_2014 = {
    "reviewerID": "A1",
    "asin": "0001",
    "overall": 5.0,
    "reviewText": "It's good.",
    "summary": "good",
    "unixReviewTime": 1393545600,
    "helpful": [0, 0],
}
OF_2018 = {**OF_2014, "verified": True, "style": {"Size:": "7 oz"}}
OF_2023 = {
    "user_id": "A1",
    "asin": "B000VARIANT",
    "parent_asin": "0001",
    "rating": 5.0,
    "text": "It's good.",
    "title": "good",
    "timestamp": 1393545600999,
    "verified_purchase": True,
}
RECORD = Record(1, "A1", "0001", 5.0, 1393545600, "good", "It's good.")


def write(folder, *lines, pack=bytes):
    path = folder / "raw.json"
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(pack(b"\n".join(raw) + b"\n"))
    return path


def read(path, wanted="auto", stop=True):
    faults = Faults(path, stop=stop)
    return list(read_amazon(path, choose_layout(path, wanted), faults)), faults


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("amazon2014", OF_2014),
        ("amazon2014", repr(OF_2014).encode()),
        ("amazon2018", OF_2018),
        ("amazon2023", OF_2023),
    ],
)
def test_each_release_reads_to_the_same_record(tmp_path, pack, name, line):
    path = write(tmp_path, line, pack=pack)
    assert choose_layout(path, "auto").name == name
    assert read(path)[0] == [RECORD]
    assert read(path, name)[0] == [RECORD]


def test_rows_are_line_numbers_and_blank_lines_are_skipped(tmp_path):
    path = write(tmp_path, b"", OF_2014, b"  \r", OF_2014)
    records, faults = read(path)
    assert [record.row for record in records] == [2, 4]
    assert not faults.reasons


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_no_text_is_none(tmp_path, text):
    line = {**OF_2018, "reviewText": text, "summary": text}
    assert (read(write(tmp_path, line))[0][0].text, read(write(tmp_path, line))[0][0].summary) == (None, None)
    without = {key: value for key, value in OF_2018.items() if key != "reviewText"}
    assert read(write(tmp_path, without))[0][0].text is None


@pytest.mark.parametrize(
    ("change", "reason", "seen"),
    [
        ({"reviewerID": None}, "reviewerID: wrong type", "None"),
        ({"reviewerID": 17}, "reviewerID: wrong type", "17"),
        ({"asin": " "}, "asin: empty", "' '"),
        ({"asin": "\ud800"}, "asin: not UTF-8", r"'\ud800'"),
        ({"overall": 0}, "overall: out of range", "0"),
        ({"overall": 5.5}, "overall: out of range", "5.5"),
        ({"overall": float("nan")}, "overall: out of range", "nan"),
        ({"overall": True}, "overall: wrong type", "True"),
        ({"overall": "five"}, "overall: wrong type", "'five'"),
        ({"overall": "4,0"}, "overall: wrong type", "'4,0'"),
        ({"unixReviewTime": "05 1, 2011"}, "unixReviewTime: wrong type", "'05 1, 2011'"),
        ({"unixReviewTime": "2014"}, "unixReviewTime: out of range", "'2014'"),
        ({"unixReviewTime": -1}, "unixReviewTime: out of range", "-1"),
        ({"unixReviewTime": 1393545600000}, "unixReviewTime: out of range", "1393545600000"),
        ({"unixReviewTime": float("inf")}, "unixReviewTime: out of range", "inf"),
        ({"unixReviewTime": 10**30}, "unixReviewTime: out of range", "1" + "0" * 30),
        ({"reviewText": 3}, "reviewText: wrong type", "3"),
        ({"summary": ["a"]}, "summary: wrong type", "['a']"),
    ],
)
def test_a_bad_field_is_named_with_its_value(tmp_path, change, reason, seen):
    path = write(tmp_path, OF_2014, {**OF_2014, **change})
    with pytest.raises(DatasetError) as caught:
        read(path)
    assert f"raw.json, line 2: {reason}: found {seen}, wanted " in str(caught.value)
    assert "dataset.bad_records: quarantine" in str(caught.value)
    records, faults = read(path, stop=False)
    assert len(records) == 1
    assert faults.reasons == {reason: 1}


@pytest.mark.parametrize("name", ["reviewerID", "asin", "overall", "unixReviewTime"])
def test_a_missing_field_is_named_with_what_is_there(tmp_path, name):
    line = {key: value for key, value in OF_2014.items() if key != name}
    with pytest.raises(DatasetError, match=rf"line 2: {name}: missing: found \['"):
        read(write(tmp_path, OF_2014, line))


def test_seconds_where_2023_has_milliseconds_are_out_of_range(tmp_path):
    path = write(tmp_path, OF_2023, {**OF_2023, "timestamp": 1393545600})
    with pytest.raises(DatasetError, match=r"timestamp: out of range.*wanted Unix milliseconds from 1990"):
        read(path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"reviewerID": "A1", ', "line: malformed"),
        (b"reviewerID,asin,overall", "line: malformed"),
        (b"[1, 2]", "line: not an object"),
        (b"5", "line: not an object"),
        (b'{"reviewerID": "caf\xe9"}', "line: not UTF-8"),
        (b"{'reviewerID': open('victim', 'w')}", "line: malformed"),
        (b"{'reviewerID': 'A1'", "line: malformed"),
        (b"{'a': " + b"(" * 5000 + b")" * 5000 + b"}", "line: malformed"),
        (b"{'a': " + b"-" * 50_000 + b"1}", "line: malformed"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "line: malformed"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "line: malformed"),
        (b"{'a': '" + b"x" * amazon.LONGEST_LITERAL + b"'}", "line: too long"),
        (b'{"a": "' + b"x" * amazon.LONGEST_LINE + b'"}', "line: too long"),
    ],
)
def test_a_bad_line_is_named_and_can_be_set_aside(tmp_path, monkeypatch, line, reason):
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, OF_2014, line, OF_2014)
    with pytest.raises(DatasetError, match=f"raw.json, line 2: {reason}"):
        read(path)
    records, faults = read(path, stop=False)
    assert [record.row for record in records] == [1, 3]
    assert faults.reasons == {reason: 1}
    assert not (tmp_path / "victim").exists()


def test_lone_surrogates_in_a_text_are_replaced(tmp_path):
    line = json.dumps(OF_2014).replace("It's good.", "ok \\ud800 \\ud83d\\ude00").encode()
    assert read(write(tmp_path, line))[0][0].text == "ok \ufffd \U0001f600"


def test_a_file_of_another_release_than_said_stops(tmp_path):
    with pytest.raises(DatasetError, match=r"format is amazon2014, but the first record is amazon2023.*auto"):
        choose_layout(write(tmp_path, OF_2023), "amazon2014")
    with pytest.raises(DatasetError, match="the first record is amazon2018"):
        choose_layout(write(tmp_path, OF_2018), "amazon2023")


def test_2014_and_2018_share_their_names(tmp_path):
    assert choose_layout(write(tmp_path, OF_2018), "amazon2014").name == "amazon2014"
    assert choose_layout(write(tmp_path, OF_2014), "amazon2018").name == "amazon2018"


@pytest.mark.parametrize("changed", ["absent", "of another unit"])
def test_records_of_which_none_is_sound_are_of_no_release(tmp_path, changed):
    line = {**OF_2023, "timestamp": 1393545600}
    if changed == "absent":
        del line["parent_asin"]
    assert choose_layout(write(tmp_path, line, line), "auto") is None


def test_a_whole_file_without_a_field_is_no_bad_line(tmp_path):
    line = {key: value for key, value in OF_2023.items() if key not in ("parent_asin", "rating")}
    message = (
        "not amazon2023: these fields are missing in all of the first 2 records: parent_asin, rating; "
        "dataset.format: table"
    )
    with pytest.raises(DatasetError, match=message):
        choose_layout(write(tmp_path, line, line), "amazon2023")
    assert choose_layout(write(tmp_path, line, OF_2023), "amazon2023").name == "amazon2023"


@pytest.mark.parametrize(
    "change", [{"unixReviewTime": "1393545600"}, {"overall": "5.0"}, {"overall": " 5 "}, {"overall": "5"}]
)
def test_a_number_in_quotes_is_a_number(tmp_path, change):
    assert read(write(tmp_path, {**OF_2014, **change}))[0] == [RECORD]


def test_text_where_a_number_is_wanted_is_called_so(tmp_path):
    with pytest.raises(
        DatasetError, match="found 'four', wanted a number from 1 to 5, a number and not text"
    ):
        read(write(tmp_path, OF_2014, {**OF_2014, "overall": "four"}))


def test_a_bad_first_line_does_not_hide_the_release(tmp_path):
    path = write(tmp_path, b"broken", OF_2023)
    assert choose_layout(path, "auto").name == "amazon2023"
    assert [record.row for record in read(path, stop=False)[0]] == [2]
    with pytest.raises(DatasetError, match="line 1: line: malformed"):
        read(path)


def test_cut_gzip_stops_even_with_quarantine(tmp_path):
    path = tmp_path / "raw.json.gz"
    lines = [json.dumps({**OF_2014, "reviewerID": f"U{number * 7919}"}) for number in range(3000)]
    path.write_bytes(gzip.compress("\n".join(lines).encode())[:-200])
    with pytest.raises(DatasetError, match="cut short or damaged after line"):
        read(path, stop=False)


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_bad(line):
    with contextlib.suppress(BadRecordError):
        assert isinstance(parse_line(1, line), dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3
)


@given(st.dictionaries(st.sampled_from(sorted(OF_2014)), json_values), st.sampled_from(sorted(LAYOUTS)))
def test_any_fields_make_a_sound_record_or_are_bad(change, name):
    try:
        record = to_record(1, {**OF_2014, **OF_2023, **change}, LAYOUTS[name])
    except BadRecordError:
        return
    assert record.user_id.encode("utf-8").strip()
    assert 1 <= record.rating <= 5
    assert isinstance(record.timestamp, int)
    assert record.text is None or record.text.encode("utf-8").strip()


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip))
def test_python_literals_and_json_carry_the_same_text(text):
    fields = {**OF_2014, "reviewText": text}
    literal, as_json = repr(fields).encode(), json.dumps(fields).encode()
    assert parse_line(1, literal) == parse_line(1, as_json) == ast.literal_eval(repr(fields))


def test_reading_is_streamed(tmp_path, monkeypatch):
    read_so_far = []

    def lines(path):
        for row in range(1, 1000):
            read_so_far.append(row)
            yield row, json.dumps(OF_2014).encode()

    monkeypatch.setattr(amazon, "read_lines", lines)
    records = read_amazon(Path("x"), LAYOUTS["amazon2014"], Faults(Path("x"), True, io.StringIO()))
    next(records)
    next(records)
    assert read_so_far == [1, 2]
