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
        faults.add(12, b"...", BadRecordError("overall: out of range", 7.0, "a number from 1 to 5"))
    assert str(caught.value) == (
        "some/raw.json, line 12: overall: out of range: found 7.0, wanted a number from 1 to 5. "
        "Mend the line, or set dataset.bad_records: quarantine to set such records aside"
    )


def test_quarantine_keeps_reason_and_line_and_counts():
    sink = io.StringIO()
    faults = Faults(Path("raw.json"), stop=False, quarantine=sink)
    for row in (3, 9):
        faults.add(row, b"caf\xff\r\n" + b"x" * row, BadRecordError("line: not UTF-8", b"\xff", "UTF-8 text"))
    faults.add(11, b"y" * 100_000, BadRecordError("asin: missing", [], "asin"))
    entries = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [entry["line"] for entry in entries] == [3, 9, 11]
    assert entries[0] == {
        "line": 3,
        "reason": "line: not UTF-8",
        "found": "b'\\xff'",
        "wanted": "UTF-8 text",
        "raw": "caf\ufffd\r\nxxx",
    }
    assert len(entries[2]["raw"]) == 2000
    assert faults.reasons == {"line: not UTF-8": 2, "asin: missing": 1}
