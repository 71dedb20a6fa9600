import io
import json
from pathlib import Path

import pytest

from pipeline.data.records import BadRecordError, DatasetError, Faults, shortened


def test_long_values_are_shortened():
    assert shortened("x" * 10_000_000) == "'" + "x" * 79 + "..."
    assert shortened(list(range(1000))).endswith("...")
    assert shortened(7.5) == "7.5"


def test_stop_names_file_line_field_value_and_the_way_out():
    faults = Faults(Path("some/raw.json"), stop=True)
    with pytest.raises(DatasetError) as caught:
        faults.add(12, BadRecordError("overall: out of range", 7.0, "a number from 1 to 5"))
    assert str(caught.value) == (
        "some/raw.json, line 12: overall: out of range: found 7.0, wanted a number from 1 to 5. "
        "Mend the line, or set dataset.bad_records: quarantine to set such records aside"
    )


def test_quarantine_keeps_line_and_reason_but_nothing_that_names_a_person():
    sink = io.StringIO()
    faults = Faults(Path("raw.json"), stop=False, quarantine=sink)
    for row in (3, 9):
        faults.add(row, BadRecordError("line: not UTF-8", b"Zoe \xff", "UTF-8 text"))
    faults.add(11, BadRecordError("asin: missing", [], "asin"))
    faults.add(12, BadRecordError("user_id: wrong type", 1234, "a non-empty string"))
    entries = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [entry["line"] for entry in entries] == [3, 9, 11, 12]
    assert entries[0] == {"line": 3, "reason": "line: not UTF-8", "wanted": "UTF-8 text"}
    assert entries[2] == {"line": 11, "reason": "asin: missing", "found": "[]", "wanted": "asin"}
    assert entries[3] == {"line": 12, "reason": "user_id: wrong type", "wanted": "a non-empty string"}
    assert faults.reasons == {"line: not UTF-8": 2, "asin: missing": 1, "user_id: wrong type": 1}


def test_a_private_message_shows_neither_users_nor_lines_but_still_the_field():
    faults = Faults(Path("raw.json"), stop=True, private=True)
    with pytest.raises(
        DatasetError, match=r"line 3: line: malformed: wanted one JSON object\. Mend"
    ) as caught:
        faults.add(3, BadRecordError("line: malformed", '{"reviewerName": "Zoe"', "one JSON object"))
    assert "Zoe" not in str(caught.value)
    with pytest.raises(DatasetError, match=r"overall: out of range: found 9"):
        faults.add(4, BadRecordError("overall: out of range", 9, "a number from 1 to 5"))
