import json
import shutil
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from pipeline.artifacts import ArtifactError
from pipeline.data.histories import Histories
from pipeline.model import bundle as module
from pipeline.model.bundle import People, load_bundle, save_bundle
from stages.people import read_people
from stages.prompt_inputs import read_inputs

FILES = {
    *("bundle.json", "config.json", "model.safetensors", "templates.yaml"),
    *("items.parquet", "users.parquet", "tokenizer/tokenizer.json", "tokenizer/tokenizer_config.json"),
}


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """A bundle that a test may damage."""
    return Path(shutil.copytree(trained / "models/peapod", tmp_path / "bundle"))


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def same(one: object, two: object) -> bool:
    if isinstance(one, Histories) and isinstance(two, Histories):
        return np.array_equal(one.items, two.items) and np.array_equal(one.offsets, two.offsets)
    if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
        return one.dtype == two.dtype and np.array_equal(one, two)
    return one == two


def test_what_is_read_is_what_was_written_and_written_again_the_same_bytes(
    folder: Path, trained: Path, tmp_path: Path
) -> None:
    assert set(content(folder)) == FILES | {"new_items/reason.json"}
    found = load_bundle(folder)
    wanted = read_people(trained / "data", read_inputs(trained / "data"))
    different = [
        field.name
        for field in fields(People)
        if not same(getattr(found.people, field.name), getattr(wanted, field.name))
    ]
    assert different == ["new_items"]
    assert found.people.new_items == folder / "new_items"
    assert found.explains
    again = tmp_path / "again"
    save_bundle(again, found.model, found.prompts, found.tokenizer, found.people, found.explains)
    assert content(again) == content(folder)


def test_ratings_times_and_texts_stay_out(folder: Path, trained: Path) -> None:
    users = pq.read_table(folder / "users.parquet")
    items = pq.read_table(folder / "items.parquet")
    assert set(users.column_names) == {"user", "user_id", "mention", "vector", "history", "train", "known"}
    assert set(items.column_names) == {"item", "item_id", "mention", "answer", "title", "vector"}
    sentences = pq.read_table(trained / "data/explanations/explanations.parquet")["explanation"].to_pylist()
    held = b"".join(content(folder).values())
    assert not any(sentence.encode() in held for sentence in sentences if len(sentence) > 20)


@pytest.mark.parametrize("head", [{"format": 0, "explains": True}, {"explains": True}, [1], None])
def test_a_bundle_of_another_format_is_refused_before_anything_is_read(
    folder: Path, head: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bundle.json").write_text(json.dumps(head))
    monkeypatch.setattr(module, "load_checkpoint", lambda _: pytest.fail("read all the same"))
    with pytest.raises(ArtifactError, match=r"bundle.json: bundle format .* found, 1 wanted; train anew"):
        load_bundle(folder)


def test_a_folder_without_a_bundle_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"no trained model; make repro \(or dvc repro train\)"):
        load_bundle(tmp_path)


@pytest.mark.parametrize("name", sorted(FILES - {"bundle.json", "tokenizer/tokenizer_config.json"}))
def test_an_absent_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises((ArtifactError, ValueError), match=Path(name).name):
        load_bundle(folder)


def test_the_model_is_the_one_that_was_saved(folder: Path, tmp_path: Path) -> None:
    found = load_bundle(folder)
    with torch.no_grad():
        next(iter(found.model.parameters())).add_(1.0)
    other = tmp_path / "other"
    save_bundle(other, found.model, found.prompts, found.tokenizer, found.people, False)
    again = load_bundle(other)
    assert not again.explains
    for one, two in zip(found.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, two)
