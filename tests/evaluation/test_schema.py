"""Every metrics file that is committed is a document that gives the same text back; others are refused."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import ArtifactError, read_json
from pipeline.evaluation.schema.document import Comparisons, Document, DocumentError, Estimate, chosen
from pipeline.evaluation.schema.inputs import (
    DatasetMetrics,
    ExplainerSearchMetrics,
    ExplanationsMetrics,
    IdentifiersMetrics,
    SearchMetrics,
    TrainingMetrics,
)
from pipeline.evaluation.schema.sweeps import read_sweeps
from pipeline.evaluation.schema.tasks import (
    BeyondMetrics,
    ExplanationMetrics,
    LeakageMetrics,
    SequentialMetrics,
    TopnMetrics,
)
from tests.evaluation.documents import sequential
from tools.closure import ROOT

KINDS: tuple[type[Document], ...] = (
    DatasetMetrics,
    ExplanationsMetrics,
    IdentifiersMetrics,
    TrainingMetrics,
    SequentialMetrics,
    TopnMetrics,
    BeyondMetrics,
    ExplanationMetrics,
    LeakageMetrics,
    SearchMetrics,
    ExplainerSearchMetrics,
)
BY_NAME = {kind.file.removesuffix(".json").split("/")[0]: kind for kind in KINDS}


def committed() -> Iterator[tuple[str, str, Any]]:
    """Yield where it stands, name and content of every metrics file in git, those of archived runs too."""
    for path in sorted((ROOT / "metrics").rglob("*.json")):
        yield str(path), path.relative_to(ROOT / "metrics").as_posix(), read_json(path)
    for path in sorted((ROOT / "experiments/results").glob("*.json")):
        if path.stem != "sweeps":
            yield from ((str(path), name, found) for name, found in read_json(path).items())
    for path in sorted((ROOT / "experiments/results/runs").glob("*.npz")):
        with np.load(io.BytesIO(path.read_bytes())) as arrays:
            document = json.loads(arrays["document"].tobytes())
        yield from ((str(path), name, found) for name, found in document["metrics"].items())


def test_committed_metrics_are_read_and_written_as_they_are() -> None:
    read = set()
    for path, name, found in committed():
        kind = BY_NAME.get(name.removesuffix(".json").split("/")[0])
        if kind is not None:
            assert kind.parse(found, path).plain() == found, (path, name)
            read.add(kind)
    assert read == set(KINDS)


def test_what_a_scheme_reports_of_its_names_is_kept() -> None:
    found = {"method": "residual", "users": 2, "items": 3, "entropy_bits": [1.5, 0.9], "largest_group": 2}
    assert IdentifiersMetrics.parse(found, "x").plain() == found


def test_committed_sweeps_are_read_and_written_as_they_are() -> None:
    path = ROOT / "experiments/results/sweeps.json"
    assert {name: sweep.plain() for name, sweep in read_sweeps(path).items()} == read_json(path)


HIT = {"HR@5": {"value": 0.5}}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"foo": 3}, "foo: unknown field (value 3)"),
        ({"users": "9"}, "users: Input should be a valid integer (found '9')"),
        ({"users": True}, "users: Input should be a valid integer (found True)"),
        ({"users": -1}, "users: Input should be greater than or equal to 0 (found -1)"),
        ({"bpr": {"HR@5": {"low": 0.5}}}, "bpr.HR@5.value: missing"),
        ({"bpr": {"HR@5": {"value": "0.5"}}}, "bpr.HR@5.value: Input should be a valid number (found '0.5')"),
        ({"bpr": {"HR@5": {"value": float("nan")}}}, "bpr.HR@5.value: Input should be a finite number"),
        ({"bpr": {"HR@5": {"value": 0.5, "p2": 1}}}, "bpr.HR@5.p2: unknown field (value 1)"),
        ({"difference_to_bpr": HIT}, "the document: difference_to_bpr, but no method bpr"),
        ({"bpr": HIT, "difference_to_bpr": {"HR@5": 1}}, "difference_to_bpr.HR@5: Input should be"),
    ],
)
def test_what_is_wrong_is_named_with_file_field_and_value(changes: dict[str, Any], told: str) -> None:
    plain = sequential().plain() | changes
    with pytest.raises(DocumentError) as caught:
        SequentialMetrics.parse(plain, "metrics/sequential.json")
    head, line = str(caught.value).splitlines()
    assert head == "metrics/sequential.json: 1 fault(s)"
    assert line.startswith(f"  {told}")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(DocumentError, match=r"(?s): 3 fault\(s\).*comparisons: missing.*users: missing"):
        SequentialMetrics.parse({"peapod": HIT}, "x.json")
    with pytest.raises(DocumentError, match=r"x.json: 1 fault\(s\)\n  the document: no method peapod"):
        SequentialMetrics.parse({"bpr": HIT, "comparisons": 0, "invalid_share": 0.0, "users": 1}, "x.json")
    with pytest.raises(DocumentError, match=r"x.json: 1 fault\(s\)\n  the document: Input should be"):
        TrainingMetrics.parse([], "x.json")


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    document = sequential(bpr=HIT, difference_to_bpr={"HR@5": {"value": 0.0, "low": -1.0, "high": 1.0}})
    document.write(tmp_path / "x.json")
    assert SequentialMetrics.read(tmp_path / "x.json") == document
    assert set(read_json(tmp_path / "x.json")) == {
        *("peapod", "bpr", "difference_to_bpr", "comparisons", "invalid_share", "users")
    }
    with pytest.raises(ArtifactError, match=r"absent.json: no such file"):
        SequentialMetrics.read(tmp_path / "absent.json")


def test_what_is_not_known_is_not_written_and_none_is() -> None:
    assert Estimate(value=1.0).plain() == {"value": 1.0}
    assert Estimate(value=1.0, p=None).plain() == {"value": 1.0, "p": None}


def test_estimates_in_the_order_of_the_columns() -> None:
    metrics = Comparisons.parse({"a": {"x": {"value": 1.0}, "y": {"value": 2.0}}}, "s")
    assert [one.value for one in chosen(metrics.estimates, "a", ["y", "x"])] == [2.0, 1.0]
    with pytest.raises(DocumentError, match="no method 'b'; found a"):
        chosen(metrics.estimates, "b", ["x"])
    with pytest.raises(DocumentError, match="method 'a' has no 'z'; found x, y"):
        chosen(metrics.estimates, "a", ["z"])
