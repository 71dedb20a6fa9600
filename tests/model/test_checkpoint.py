import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.artifacts import ArtifactError
from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.model.assembly import assemble
from pipeline.model.checkpoint import load_checkpoint, save_checkpoint
from tests.tiny import logits, prompts_config, tiny_batch, tiny_model, tiny_t5

VARIANTS = [{}, {"task": False}, {"collaborative": "mlp"}, {"collaborative": "none"}, {"trained_users": True}]


@pytest.mark.usefixtures("every_backbone")
@pytest.mark.parametrize("changes", VARIANTS)
def test_a_loaded_checkpoint_gives_identical_logits(tmp_path: Path, changes: dict) -> None:
    model, batch = tiny_model(seed=3, **changes), tiny_batch()
    save_checkpoint(tmp_path, model, prompts_config(**changes))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "model.safetensors"]
    assert torch.equal(logits(load_checkpoint(tmp_path), batch), logits(model, batch))


def test_untied_outputs_survive(tmp_path: Path) -> None:
    t5 = tiny_t5(feed_forward_proj="gated-gelu", tie_word_embeddings=False)
    model = assemble(
        T5Backbone(t5), prompts_config(), torch.randn(12, 4), torch.zeros(12, 2, dtype=torch.int64)
    ).eval()
    save_checkpoint(tmp_path, model, prompts_config())
    assert torch.equal(logits(load_checkpoint(tmp_path), tiny_batch()), logits(model, tiny_batch()))


@pytest.mark.usefixtures("every_backbone")
def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_checkpoint(tmp_path / name, tiny_model(), prompts_config())
    for file in ("config.json", "model.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def saved(folder: Path) -> Path:
    save_checkpoint(folder, tiny_model(), prompts_config())
    return folder


def test_missing_and_unexpected_tensors_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path) / "model.safetensors"
    tensors = load_file(path)
    tensors["extra"] = tensors.pop("prompts.task.table")
    save_file(tensors, path)
    with pytest.raises(ArtifactError, match=r"missing \['prompts.task.table'\], unexpected \['extra'\]"):
        load_checkpoint(tmp_path)


def test_another_shape_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path) / "model.safetensors"
    tensors = load_file(path)
    tensors["prompts.task.table"] = tensors["prompts.task.table"][:2].contiguous()
    save_file(tensors, path)
    with pytest.raises(
        ArtifactError, match=r"prompts.task.table is torch.float32 \(2, 3, 16\), .* \(3, 3, 16\)"
    ):
        load_checkpoint(tmp_path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ArtifactError, match=r"model.safetensors: not a safetensors file"):
        load_checkpoint(tmp_path)


def test_a_foreign_or_missing_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"config.json: no such file"):
        load_checkpoint(tmp_path)
    config = saved(tmp_path) / "config.json"
    document = json.loads(config.read_text())
    config.write_text(json.dumps(document | {"format": 7}))
    with pytest.raises(ArtifactError, match="checkpoint format 7 found, 3 wanted"):
        load_checkpoint(tmp_path)
    del document["prompts"]
    config.write_text(json.dumps(document))
    with pytest.raises(ArtifactError, match="not a PeaPOD checkpoint's configuration"):
        load_checkpoint(tmp_path)


def test_missing_weights_name_the_stage(tmp_path: Path) -> None:
    (saved(tmp_path) / "model.safetensors").unlink()
    with pytest.raises(ArtifactError, match="run the train stage"):
        load_checkpoint(tmp_path)
