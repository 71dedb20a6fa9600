"""The generation benchmark as a user runs it, on a dozen users and a tiny checkpoint."""

import json

import pytest

from benchmarks.generation import main
from benchmarks.precision import Precision
from benchmarks.shapes import PROMPTS
from pipeline.model.checkpoint import save_checkpoint
from tests.benchmarks.p5 import write_folder
from tests.tiny import USERS, tiny_model

pytestmark = pytest.mark.slow


@pytest.fixture
def tiny(tmp_path):
    save_checkpoint(tmp_path / "model", tiny_model(vocabulary=400, whole_words=512), PROMPTS)
    (tmp_path / "data").mkdir()
    folder = write_folder(tmp_path / "data", USERS, 130)
    return {"shape": str(tmp_path / "model"), "data": folder, "users": 5, "rounds": 1, "json_only": True}


def test_one_json_object_in_which_both_sides_agree(tiny, capsys):
    main(**tiny, precision=Precision.FP32, batch_size=3, plain_batch_size=2)
    result = json.loads(capsys.readouterr().out)
    assert set(result["tasks"]) == {"explanation", "sequential", "topn"}
    assert result["weights"] == "checkpoint"
    for task in result["tasks"].values():
        assert task["same_answers"] == 1.0
        assert task["largest_score_difference"] < 1e-5
        assert task["ratio"] > 0
        for side in (task["ours"], task["transformers"]):
            assert side["model_gflop"] > 0
            assert side["peak_memory_mib"] > 10
    assert result["tasks"]["topn"]["input_tokens_mean"] > 300


def test_in_words(tiny, capsys):
    main(**tiny | {"json_only": False}, precision=Precision.BF16, batch_size=8, plain_batch_size=8)
    out = capsys.readouterr().out
    assert "ours in bf16, transformers in fp32" in out
    assert "sequential: " in out
    assert "ratio" in out
