"""LLaRA from its example files and a released recommender to answers, by the stages of the pipeline."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.artifacts import read_table
from pipeline.recommenders.parts.dros import DrosSasrec
from pipeline.recommenders.parts.released import LENGTH
from pipeline.serving import Predictor
from pipeline.serving.app import create_app
from pipeline.serving.requests import RequestError
from pipeline.tables import CHOICES, CHOSEN
from tests.end_to_end.runs import STAGES
from tests.params_files import REPOSITORY, change, repository_params, write_params_files

TITLES = ("Air", "Moby", "Mew", "Enigma", "Loscil", "Vast", "Opeth", "Chicane", "Placebo", "Roxette")
DRAWS = 3
PARAMS: dict[str, Any] = {
    "dataset.format": "llara",
    "dataset.split": "users",
    "dataset.core": 0,
    "dataset.negatives": 4,
    "choices.candidates": 5,
    "choices.redraws": DRAWS,
    "embeddings.method": "released",
    "neighbours.count": 1,
    "identifiers.method": "titles",
    "tokenizer.vocabulary": 300,
    "tokenizer.number_digits": 1,
    "prompts.tasks": ["choice"],
    "prompts.curriculum": "id_only",
    "prompts.templates": str(REPOSITORY / "pipeline/prompts/choice.yaml"),
    "prompts.task": False,
    "prompts.collaborative": "none",
    "model.backbone": "llama",
    "model.d_model": 32,
    "model.d_ff": 64,
    "model.d_kv": 8,
    "model.embedding_scale": 0.2,
    "model.dropout": 0.0,
    "training.epochs": 50,
    "training.batch_size": 10,
    "training.optimizer": "adamw",
    "training.learning_rate": 0.01,
    "training.weight_decay": 0.0,
    "training.schedule": "constant",
    "training.choose_by": "loss",
    "training.patience": 50,
    "decoding.batch_size": 20,
    "runtime.device": "cpu",
}


def write_folder(folder: Path) -> None:
    """Write the files of a world where everybody goes on to the next item, and from the last to the first."""
    items = len(TITLES)
    folder.mkdir()
    names = "".join(f"{item}::{title}\n" for item, title in enumerate(TITLES))
    (folder / "id2name.txt").write_text(names)
    sequences = [{"items": [(user + step) % items for step in range(6)]} for user in range(2 * items)]
    windows = [
        {"seq": [(user + step) % items for step in range(4)], "len_seq": 4, "next": (user + 4) % items}
        for user in range(items)
    ]
    for name, rows in (("train_sequences", sequences), ("val", windows), ("test", windows)):
        (folder / f"llara_{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace after training and generation."""
    folder = tmp_path_factory.mktemp("llara")
    write_folder(folder / "artists")
    torch.manual_seed(5)
    arrays = {name: value.numpy() for name, value in DrosSasrec(len(TITLES), 8, LENGTH).state_dict().items()}
    np.savez(folder / "SASRec.npz", **arrays)
    params = repository_params()
    for key, value in PARAMS.items():
        change(params, key, value)
    change(params, "dataset.raw", str(folder / "artists"))
    change(params, "embeddings.released.path", str(folder / "SASRec.npz"))
    write_params_files(folder, params)
    for stage in STAGES[STAGES.index("preprocess") : STAGES.index("generate") + 1]:
        run(stage, folder)
    return folder


def run(stage: str, folder: Path) -> None:
    import_module(f"stages.{stage}").main(root=folder)


def answers(folder: Path) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The answers, and the stored questions of the test split."""
    stored = read_table(folder / "data/choices/choices.parquet", CHOICES).to_pylist()
    asked = [row for row in stored if row["split"] == "test"]
    return read_table(folder / "predictions/peapod/choice.parquet", CHOSEN), asked


def ratio(folder: Path) -> float:
    """HitRatio@1 by likelihood; chance is 0.2."""
    found, asked = answers(folder)
    wanted = np.array([row["target"] for row in asked])
    return float((found["item"].to_numpy() == wanted).mean())


def test_each_stored_question_is_answered_by_one_of_its_candidates(trained: Path) -> None:
    found, asked = answers(trained)
    assert len(found) == len(asked) == DRAWS * len(TITLES)
    for answer, question in zip(found.to_pylist(), asked, strict=True):
        assert (answer["draw"], answer["user"]) == (question["draw"], question["user"])
        assert answer["item"] in question["candidates"]
    assert ratio(trained) > 0.8


def test_greedy_answers_are_titles_and_others_without_vectors(trained: Path) -> None:
    found, asked = answers(trained)
    said = [
        answer["text"] == TITLES[row["target"]] for answer, row in zip(found.to_pylist(), asked, strict=True)
    ]
    assert np.mean(said) > 0.8
    alone = [
        answer["text_alone"] == TITLES[row["target"]]
        for answer, row in zip(found.to_pylist(), asked, strict=True)
    ]
    assert np.mean(alone) < 0.5


def test_permuted_vectors_lower_the_figure(trained: Path) -> None:
    path = trained / "models/peapod/model.safetensors"
    kept = load_file(path)
    name = "fillers.behaviour.vectors"
    try:
        save_file(kept | {name: kept[name].roll(3, 0).contiguous()}, path)
        run("generate", trained)
        assert ratio(trained) < 0.4
    finally:
        save_file(kept, path)
        run("generate", trained)


def test_a_model_that_only_chooses_is_refused_by_the_service_before_anybody_asks(trained: Path) -> None:
    predictor = Predictor.load(trained / "models/peapod")
    with pytest.raises(ValueError, match="trained for the choice task alone, about which a service can't be"):
        create_app(predictor)
    with pytest.raises(RequestError, match="isn't trained for the sequential task"):
        predictor.recommend(predictor.people.user_ids[0])
