"""The measured part of the model card: figures with intervals beside what the metrics files say."""

import pytest

from pipeline.artifacts import read_json, write_json
from pipeline.evaluation.schema.document import DocumentError
from pipeline.report.card import measured_card
from pipeline.report.checkpoint_card import checkpoint_card
from pipeline.report.documents import document
from pipeline.report.page import Results
from stages.evaluate import main as evaluate
from stages.report import main as report
from tests.evaluation.workspace import CHECKPOINT, write_training, write_workspace


def build(root, explained=True):
    write_workspace(root, explained)
    write_training(root, explained)
    evaluate(root=root)
    report(root=root)
    return (root / "report/model_card.md").read_text(encoding="utf-8")


def test_the_card_of_the_checkpoint_then_data_and_figures(tmp_path):
    text = build(tmp_path)
    own = checkpoint_card(document("config.json", CHECKPOINT), 1234)
    assert text.startswith(f"{own}\n## This run\n")
    assert "| Source | data/raw/reviews.json.gz |" in text
    assert "| Users | 6 |" in text
    assert "| Parameters | 1,234 |" in text
    metrics = read_json(tmp_path / "metrics/sequential.json")
    own, other = (metrics[key]["HR@3"] for key in ("peapod", "difference_to_most_popular"))
    cells = [f"{one['value']:.4f} ({one['low']:.4f} to {one['high']:.4f})" for one in (own, other)]
    assert f"| HR@3 | {cells[0]} | {cells[1]} |" in text
    assert "90 % intervals" in text
    explained = read_json(tmp_path / "metrics/explanation.json")["peapod"]["BLEU-1"]
    assert f"| BLEU-1 | {explained['value']:.4f} (" in text


def test_a_task_that_was_left_out_is_said(tmp_path):
    assert "The dataset has no explanations: this task was left out." in build(tmp_path, explained=False)


def test_a_missing_field_is_named_and_bars_in_names_stay_text(tmp_path):
    build(tmp_path)
    metrics = tmp_path / "metrics"
    results = Results.read(metrics)
    assert "| Source | a\\|b c |" in measured_card(results, "a|b\nc", 0.9)
    broken = read_json(metrics / "topn.json")
    del broken["peapod"]["HR@1"]["value"]
    write_json(metrics / "topn.json", broken | {"users": "six"})
    with pytest.raises(DocumentError, match=r"topn.json: 2 fault\(s\)\n(.*\n)*  peapod.HR@1.value: missing"):
        Results.read(metrics)
