"""Folders that hold no T5, or not all of one: the stage `tokenizer` says so, and what helps."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel, T5EncoderModel

from pipeline.artifacts import read_json, write_json
from pipeline.backbones.build import build_backbone
from pipeline.backbones.folders import check_pretrained
from pipeline.prompts.tokenizer import load_pretrained_tokenizer
from tests.backbones.t5.test_build import config
from tests.tiny import t5_tokenizer, tiny_t5

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound one."""
    t5_tokenizer().save(tmp_path / "t5")
    tiny_t5(seed=5).save_pretrained(tmp_path / "t5")
    return tmp_path / "t5"


def refused(folder: Path) -> str:
    """What building says of the folder, which is what the stage before says."""
    with pytest.raises(ValueError, match=re.escape(f"model.backbone '{folder}': ")) as told:
        build_backbone(config(backbone=str(folder)), 150, 0, 1)
    with pytest.raises(ValueError, match=re.escape(str(told.value))):
        check_pretrained(str(folder))
    return str(told.value)


def parts(folder: Path) -> list[Path]:
    """Store the weights in parts instead, and return these."""
    (folder / "model.safetensors").unlink()
    tiny_t5(seed=5).save_pretrained(folder, max_shard_size="20KB")
    found = sorted(folder.glob("model-*.safetensors"))
    assert len(found) > 2
    return found


def same(folder: Path) -> bool:
    loaded = build_backbone(config(backbone=str(folder)), 150, 0, 1).t5.state_dict()
    return all(torch.equal(value, loaded[name]) for name, value in tiny_t5(seed=5).state_dict().items())


def test_a_sound_folder_passes_in_one_file_or_in_parts(folder: Path) -> None:
    check_pretrained(str(folder))
    assert same(folder)
    parts(folder)
    check_pretrained(str(folder))
    assert same(folder)


def test_weights_of_pytorch_alone_are_named_and_the_advice_helps(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save(tiny_t5(seed=5).state_dict(), folder / "pytorch_model.bin")
    message = refused(folder)
    assert (
        "holds pytorch_model.bin; only safetensors are read (docs/reliability.md, Safe): load it" in message
    )
    (code,) = re.findall(r'python -c "(.*)"', message)
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert same(folder)


@pytest.mark.parametrize("name", ["tf_model.h5", "flax_model.msgpack"])
def test_weights_of_others_are_named(folder: Path, name: str) -> None:
    (folder / "model.safetensors").rename(folder / name)
    assert f"holds {name}; only safetensors are read" in refused(folder)


def changed(**changes: object) -> Callable[[Path], object]:
    return lambda folder: write_json(folder / "config.json", read_json(folder / "config.json") | changes)


def other_model(model: Callable[[Path], torch.nn.Module]) -> Callable[[Path], object]:
    def replace(folder: Path) -> None:
        made = model(folder)
        shutil.rmtree(folder)
        made.save_pretrained(folder)  # type: ignore[operator]

    return replace


def bert(_: Path) -> torch.nn.Module:
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    return BertModel(BertConfig(vocab_size=300, **sizes))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "holds no config.json: download it"),
        (lambda folder: (folder / "model.safetensors").unlink(), "holds no model.safetensors: download it"),
        (changed(model_type="mt5"), "config.json says model_type 'mt5'; there are llama, t5"),
        (lambda folder: write_json(folder / "config.json", [1]), "says model_type None; there are llama, t5"),
        (other_model(bert), "config.json says model_type 'bert'; there are llama, t5"),
        (
            other_model(lambda folder: T5EncoderModel(tiny_t5().config)),
            "its weights have an encoder and no decoder: take the whole model",
        ),
        (
            lambda folder: (folder / "model.safetensors").write_text(POINTER),
            "model.safetensors is a pointer of Git LFS and no weights: git lfs pull",
        ),
        (lambda folder: parts(folder)[1].write_text(POINTER), "model-00002-.* is a pointer of Git LFS"),
        (
            lambda folder: parts(folder)[1].unlink(),
            "holds no model-00002-of.*, which model.safetensors.index",
        ),
    ],
)
def test_what_a_folder_lacks_is_named(folder: Path, spoil: Callable[[Path], object], message: str) -> None:
    spoil(folder)
    assert re.search(message, refused(folder))


@pytest.mark.parametrize("left", [0.5, 0.0, 0.99])
def test_a_broken_off_download_is_named(folder: Path, left: float) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: int(left * len(whole))])
    assert "model.safetensors is damaged, or not all of it is there" in refused(folder)


@pytest.mark.parametrize("changes", [{"d_ff": 99}, {"num_layers": 3}])
def test_weights_and_config_of_different_models_are_an_error(folder: Path, changes: dict) -> None:
    changed(**changes)(folder)
    with pytest.raises(ValueError, match=r"its weights lack \d+ tensors of the sizes that config.json says"):
        build_backbone(config(backbone=str(folder)), 150, 0, 1)


@pytest.mark.parametrize("name", ["/nowhere/t5", "./t5", "../t5", "~/t5"])
def test_a_path_that_is_not_there_is_not_asked_of_the_hub(name: str) -> None:
    with pytest.raises(
        ValueError, match=f"model.backbone '{re.escape(name)}': no such folder; give the path"
    ):
        check_pretrained(name)


def test_a_file_is_no_folder_and_names_of_the_hub_pass(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"model\.safetensors': is a file; give the folder that holds it"):
        check_pretrained(str(folder / "model.safetensors"))
    check_pretrained("google-t5/t5-small")
    with pytest.raises(ValueError, match="'t5-small': no backbone of that name; there are llama, t5, "):
        check_pretrained("t5-small")


@pytest.mark.parametrize("left", ["spiece.model", "tokenizer_config.json"])
def test_a_folder_without_a_tokenizer_gives_none_that_knows_no_word(folder: Path, left: str) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / left).write_text(json.dumps({}))
    with pytest.raises(ValueError, match=rf"model.backbone '{folder}': holds no tokenizer.json \(spiece"):
        load_pretrained_tokenizer(str(folder))
