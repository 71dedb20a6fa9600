"""The whole pipeline in seconds: every variant runs, and the same seed gives the same bytes."""

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file
from transformers import T5Config, T5ForConditionalGeneration

from pipeline.prompts.tokenizer import PromptTokenizer
from stages.predictor import read_predictor
from tests.backbones.causal.models import llama_folder
from tests.end_to_end.runs import SMALL, run
from tests.tiny import t5_tokenizer


def files(folder: Path) -> dict[str, bytes]:
    """Every file that the stages made."""
    made = ("data", "models", "predictions", "metrics", "report")
    paths = [path for top in made for path in sorted((folder / top).rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one, two = (files(run(monkeypatch, tmp_path / name, SMALL)) for name in ("one", "two"))
    assert len(one) > 30
    assert [name for name in one if one[name] != two.get(name)] == []
    other = files(run(monkeypatch, tmp_path / "other", SMALL | {"seed": 7}))
    same = [
        name
        for name in ("data/raw/sample.json.gz", "models/peapod/model.safetensors")
        if one[name] == other[name]
    ]
    assert same == []
    training = json.loads(one["metrics/training.json"])
    assert training["tasks"] == ["explanation", "sequential", "topn"]


VARIANTS = {
    "no task prompt": {"prompts.task": False},
    "mlp": {"prompts.collaborative": "mlp"},
    "pod": {"prompts.collaborative": "none"},
    "discrete": {"prompts.task": False, "prompts.collaborative": "none"},
    "bivae": {"embeddings.method": "bivae", "embeddings.epochs": 2},
    "ease": {"embeddings.method": "ease"},
    "lightgcn": {"embeddings.method": "lightgcn", "baselines.lightgcn.epochs": 2},
    "raw ids": {"prompts.explanation_item": "id"},
    "as released": {"decoding.constrained": False, "training.pad_loss": True, "prompts.standardize": False},
    "exact": {"decoding.topn_method": "exact"},
    "bf16": {"runtime.precision": "bf16"},
    "llama": {"model.backbone": "llama"},
    "histories": {"model.backbone": "llama", "training.samples": "histories", "prompts.history": 3},
    "llama alone, exact, bf16": {
        "model.backbone": "llama",
        "prompts.task": False,
        "prompts.collaborative": "none",
        "decoding.topn_method": "exact",
        "runtime.precision": "bf16",
    },
    "collaborative numbers": {"identifiers.method": "collaborative", "identifiers.clusters": 3},
    "leave one out": {"explanations.split": "leave_one_out"},
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a small run, up to the explanations."""
    with pytest.MonkeyPatch.context() as patch:
        return run(patch, tmp_path_factory.mktemp("prepared"), SMALL, last="explanations")


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_runs_by_configuration_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prepared: Path, changes: dict
) -> None:
    (tmp_path / "data").symlink_to(prepared / "data")
    (tmp_path / "metrics").symlink_to(prepared / "metrics")
    run(monkeypatch, tmp_path, SMALL | changes, first="explanations")
    figures = json.loads((tmp_path / "metrics/topn.json").read_text())
    assert 0 <= figures["peapod"]["HR@10"]["value"] <= 1
    assert "PeaPOD" in (tmp_path / "report/index.html").read_text()


def test_a_pretrained_t5_comes_from_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prepared: Path
) -> None:
    backbone = tmp_path / "t5"
    t5_tokenizer().save(backbone)
    sizes = {
        "d_model": 16,
        "d_ff": 32,
        "d_kv": 4,
        "num_heads": 2,
        "num_layers": 1,
        "decoder_start_token_id": 0,
    }
    torch.manual_seed(0)
    T5ForConditionalGeneration(T5Config(vocab_size=len(t5_tokenizer()), **sizes)).save_pretrained(backbone)
    (tmp_path / "data").symlink_to(prepared / "data")
    (tmp_path / "metrics").symlink_to(prepared / "metrics")
    folder = run(monkeypatch, tmp_path, SMALL | {"model.backbone": str(backbone)}, first="embeddings")
    assert len(PromptTokenizer.load(folder / "models/tokenizer")) == len(t5_tokenizer())
    assert json.loads((folder / "models/peapod/config.json").read_text())["backbone"]["sizes"]["heads"] == 2


def test_adapters_stand_on_a_pretrained_llama(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prepared: Path
) -> None:
    llama_folder(tmp_path / "llama")
    (tmp_path / "data").symlink_to(prepared / "data")
    (tmp_path / "metrics").symlink_to(prepared / "metrics")
    changes = {"model.backbone": str(tmp_path / "llama"), "model.lora.rank": 2}
    folder = run(monkeypatch, tmp_path, SMALL | changes, first="embeddings")
    names = load_file(folder / "models/peapod/model.safetensors")
    assert all(".lora_" in name for name in names if name.startswith("backbone."))
    ranked = pq.read_table(folder / "predictions/peapod/sequential.parquet")
    assert ranked["item"].null_count == 0
    predictor = read_predictor(folder)
    user = pq.read_table(folder / "data/preprocessed/users.parquet")["user_id"][0].as_py()
    assert [one.rank for one in predictor.recommend(user, top=3)] == [1, 2, 3]


def p5_folder(folder: Path, train: Path) -> Path:
    """Write the small run's histories in the P5 format, without negatives and explanations."""
    tables = [pq.read_table(train / f"{split}.parquet") for split in ("train", "validation", "test")]
    histories: dict[int, list[tuple[int, int]]] = {}
    for table in tables:
        for row in table.to_pylist():
            histories.setdefault(row["user"], []).append((row["position"], row["item"]))
    folder.mkdir()
    lines = [
        " ".join([str(user + 1), *(str(item + 1) for _, item in sorted(events))])
        for user, events in histories.items()
    ]
    with gzip.open(folder / "sequential_data.txt.gz", "wt") as file:
        file.write("\n".join(lines) + "\n")
    items = sorted({item for events in histories.values() for _, item in events})
    maps = {
        "id2user": {str(user + 1): f"U{user}" for user in histories},
        "id2item": {str(item + 1): f"I{item}" for item in items},
    }
    (folder / "datamaps.json").write_text(json.dumps(maps))
    return folder


def test_a_p5_folder_without_explanations_leaves_that_task_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prepared: Path
) -> None:
    raw = p5_folder(tmp_path / "p5", prepared / "data/preprocessed")
    changes = {"dataset.raw": str(raw), "dataset.format": "p5", "identifiers.method": "sequential"}
    folder = run(monkeypatch, tmp_path / "run", SMALL | changes, first="preprocess")
    assert json.loads((folder / "metrics/training.json").read_text())["tasks"] == ["sequential", "topn"]
    assert json.loads((folder / "metrics/explanation.json").read_text())["pairs"] == 0
    assert pq.read_table(folder / "predictions/peapod/explanation.parquet").num_rows == 0
    assert "explanation" in (folder / "report/index.html").read_text().lower()
