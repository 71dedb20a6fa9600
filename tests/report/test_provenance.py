"""The page of the stages' records: beside them, escaped, and never in the way of the report."""

import pytest

from pipeline.artifacts import write_json
from pipeline.report.provenance import HEAD, record_row, version_lines, write_provenance
from pipeline.runtime.provenance import FOLDER, recording
from tests.report.pages import Page
from tests.report.test_page import build

RECORD = {
    "stage": "train",
    "started": "2026-01-02T03:04:05+00:00",
    "seconds": 61.24,
    "peak_memory_bytes": 512 * 2**20,
    "throughput": {"steps": {"count": 610, "per_second": 10.0}},
    "commit": "0123456789abcdef",
    "dirty": True,
    "changed": ["params.yaml"],
    "params.yaml_md5": "f" * 32,
    "libraries": {"python": "3.11.7", "torch": "2.13.0"},
    "machine": {"host": "here", "processor": "EPYC", "cores": 2},
}


def test_a_row_by_hand():
    assert record_row(RECORD) == (
        *("train", "2026-01-02T03:04:05+00:00", "61.2", "512 MiB", "10.0 steps"),
        *("0123456789ab, changed: params.yaml", "f" * 12, "here, EPYC"),
    )
    assert record_row({}) == ("–",) * len(HEAD)


def test_versions_are_said_once_or_by_stage():
    assert version_lines([RECORD, RECORD]) == ["python 3.11.7, torch 2.13.0"]
    other = {"stage": "report", "libraries": {"python": "3.12.1"}}
    assert version_lines([RECORD, other]) == ["python 3.11.7, torch 2.13.0 (train)", "python 3.12.1 (report)"]


def test_the_page_is_sound_html_and_shows_each_record(tmp_path):
    with recording(tmp_path, "evaluate", (), ()):
        pass
    write_json(tmp_path / FOLDER / "train.json", {**RECORD, "changed": ["<script>x</script>"]})
    write_json(tmp_path / FOLDER / "odd.json", ["not a record"])
    write_provenance(tmp_path, "A run & more")
    page = Page((tmp_path / FOLDER / "index.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert not page.named("script")
    assert "changed: <script>x</script>" in page.text
    assert "evaluate" in page.text
    assert "A run & more" in page.text


def test_without_records_there_is_no_page(tmp_path):
    write_provenance(tmp_path, "A run")
    assert not (tmp_path / FOLDER).exists()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The report with and without records beside it."""
    without, beside = (tmp_path_factory.mktemp(name) for name in ("without", "beside"))
    write_json(beside / FOLDER / "train.json", RECORD)
    return build(without), build(beside), beside


def test_records_change_no_byte_of_the_report(reports):
    without, beside, folder = reports
    assert without == beside
    assert (folder / FOLDER / "index.html").is_file()


def test_the_report_names_what_it_was_made_from_and_where_the_rest_is(reports):
    text = Page(reports[0]).text
    assert "params.yaml MD5" in text
    assert "metrics/sequential.json MD5" in text
    assert "runs/provenance/index.html" in text
