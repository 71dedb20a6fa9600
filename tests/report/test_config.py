import pytest

from pipeline.report.config import ReportConfig


@pytest.mark.parametrize("wrong", [{"title": ""}, {"examples": -1}, {"extractions": -1}, {"colour": "green"}])
def test_refusals(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ReportConfig(**({"title": "A run", "examples": 10, "extractions": 20, "sweeps": "a.json"} | wrong))
