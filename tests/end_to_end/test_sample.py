"""On the bundled sample, without the two leaks of the protocol, the model learns what was planted."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.runs import run

# Numbers that tell nothing, and no explanation of a held-out interaction in training.
HONEST = {"identifiers.method": "random", "explanations.split": "leave_one_out"}


@pytest.mark.slow
def test_the_trained_model_clearly_beats_most_popular(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = run(monkeypatch, tmp_path, HONEST)
    sequential, topn = (
        json.loads((folder / f"metrics/{task}.json").read_text()) for task in ("sequential", "topn")
    )
    assert sequential["peapod"]["HR@10"]["value"] >= 2 * sequential["most_popular"]["HR@10"]["value"]
    assert sequential["difference_to_most_popular"]["HR@10"]["low"] > 0
    first = topn["peapod"]["HR@1"]
    assert first["value"] > topn["most_popular"]["HR@1"]["value"]
    assert first["value"] >= 3 * topn["chance"]["HR@1"]["value"]
    assert first["low"] > topn["chance"]["HR@1"]["value"]
    # Numbers drawn at random give nothing away.
    assert sequential["floor_highest_number"]["HR@5"]["value"] < sequential["peapod"]["HR@5"]["value"] / 2
