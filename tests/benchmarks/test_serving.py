"""The load benchmark measures a real service, and its page has what it measured."""

import json
from pathlib import Path

import pytest

from benchmarks.extraction_tables import BEGIN, END
from benchmarks.serving import main, sections

RESULT = {
    "machine": "two cores",
    "load_before": 0.25,
    "batch": 32,
    "alone_one": 20.0,
    "alone_together": 200.0,
    "service": [
        {"clients": 1, "users_per_second": 10.0, "p50_ms": 90.0, "p99_ms": 150.0},
        {"clients": 64, "users_per_second": 150.0, "p50_ms": 400.0, "p99_ms": 900.0},
    ],
    "memory": [{"seconds": 0.0, "answered": 0, "memory_MiB": 500.0}],
}


def test_rates_stand_beside_the_predictors_best() -> None:
    (load, rows), (memory, looks) = sections(RESULT)
    assert load == "two cores; load average before: 0.2"
    assert [row["who_asks"] for row in rows] == [
        "predictor alone, one at a time",
        "predictor alone, 32 at once",
        "service, 1 client",
        "service, 64 clients",
    ]
    assert [row["of_the_predictor's_best"] for row in rows] == [0.1, 1.0, 0.05, 0.75]
    assert memory == "Memory of the service under 8 clients"
    assert looks == RESULT["memory"]
    assert len(sections(RESULT | {"memory": []})) == 1


@pytest.mark.slow
def test_a_service_is_measured_and_its_figures_stand_in_the_page(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n".format("figures", "figures"))
    main(trained / "models/peapod", seconds=0.5, soak=1.0, looks=2, as_json=True, markdown=page)
    found = json.loads(capsys.readouterr().out)
    assert [row["clients"] for row in found["service"]] == [1, 8, 64]
    for row in found["service"]:
        assert row["users_per_second"] > 0
        assert 0 < row["p50_ms"] <= row["p99_ms"]
    assert [row["seconds"] for row in found["memory"]] == [0.0, 0.5, 1.0]
    answered = [row["answered"] for row in found["memory"]]
    assert 0 == answered[0] < answered[1] < answered[2]
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "\nold\n" not in text
    assert "| service, 64 clients |" in text
