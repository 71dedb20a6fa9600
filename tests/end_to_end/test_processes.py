"""Two processes train and generate what one does."""

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file

from pipeline.backbones.config import SIZED
from tests.end_to_end.runs import REPOSITORY, SMALL, parameters, run

pytestmark = pytest.mark.slow

TWO = {"runtime": {"processes": 2, "launcher": "torchrun", "threads": 1}}
TINY = SMALL | {
    # Small steps: what rounding changes of a gradient changes the next one, and so on.
    "training": {"epochs": 1, "batch_size": 17, "learning_rate": 0.001},
    "model.dropout": 0.0,
    "prompts.user_dropout": 0.0,
}


def stage(folder: Path, name: str) -> subprocess.CompletedProcess:
    """Run a stage in a process of its own, as DVC does."""
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"stages.{name}"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("backbone", "samples"), [*((name, "prefixes") for name in SIZED), ("llama", "histories")]
)
def test_weights_and_predictions_are_those_of_one_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, backbone: str, samples: str
) -> None:
    threads = torch.get_num_threads()
    settings = TINY | {"model.backbone": backbone, "training.samples": samples}
    one = run(monkeypatch, tmp_path / "one", settings, last="train")
    two = tmp_path / "two"
    two.mkdir()
    (two / "data").symlink_to(one / "data")
    (two / "models").mkdir()
    (two / "models/tokenizer").symlink_to(one / "models/tokenizer")
    parameters(two, settings | TWO)
    trained = stage(two, "train")
    assert trained.returncode == 0, trained.stderr
    alone, together = (load_file(folder / "models/peapod/model.safetensors") for folder in (one, two))
    # A key's bias moves all scores of a query alike: its gradient is rounding, which AdamW makes a step.
    for name in alone.keys() - {"prompts.collaborative.prompt.key.bias"}:
        torch.testing.assert_close(together[name], alone[name], rtol=0, atol=1e-5, msg=name)

    (one / "models/peapod/model.safetensors").write_bytes(
        (two / "models/peapod/model.safetensors").read_bytes()
    )
    run(monkeypatch, one, settings, first="generate", last="generate")
    generated = stage(two, "generate")
    assert generated.returncode == 0, generated.stderr
    for task in ("sequential", "topn", "explanation"):
        name = f"predictions/peapod/{task}.parquet"
        assert pq.read_table(two / name).equals(pq.read_table(one / name)), task
    torch.set_num_threads(threads)


def test_a_fault_ends_every_process(tmp_path: Path) -> None:
    parameters(tmp_path, TINY | TWO)
    failed = stage(tmp_path, "generate")
    assert failed.returncode == 1
    assert "models/peapod: no trained model" in failed.stderr
