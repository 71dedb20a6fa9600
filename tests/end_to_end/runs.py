"""Run stages, one after the other, in a folder of their own with parameters of their own."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from pipeline.params import load_yaml
from tests.params_files import repository_params, write_params_files
from tools.dvc_deps import stage_names

REPOSITORY = Path(__file__).resolve().parents[2]

STAGES = stage_names()

SMALL = {
    "sample": {"users": 60, "items": 50, "reviews": 480},
    "dataset.negatives": 15,
    "embeddings.dimensions": 8,
    "embeddings.epochs": 20,
    "neighbours.count": 5,
    "tokenizer.number_digits": 2,
    "model": {"d_model": 16, "d_ff": 32, "d_kv": 4, "layers": 1},
    "training": {"epochs": 2, "batch_size": 16},
    "decoding.beams": 12,
    "decoding.max_tokens": 12,
    "evaluation.baselines": ["most_popular", "bpr"],
    "evaluation.explanation_baselines": ["att2seq"],
    "explanation_baselines.training.epochs": 1,
    "evaluation.resamples": 50,
}
"""A run of seconds that goes through everything."""

TRAINED = SMALL | {"embeddings.epochs": 100, "decoding.beams": 20}
"""One whose model can be asked: with as many beams as top-n has candidates no search drops one."""


def parameters(folder: Path, changes: dict[str, Any]) -> Path:
    """Write params.yaml into `folder`: the repository's, with `changes` by dotted key or section."""
    document = repository_params()
    for name in ("removed_users", "metadata", "tie_order"):
        document["dataset"][name] = str(REPOSITORY / document["dataset"][name])
    document["prompts"]["templates"] = str(REPOSITORY / "pipeline/prompts/templates.yaml")
    document["report"]["sweeps"] = str(REPOSITORY / "experiments/results/sweeps.json")
    for key, value in changes.items():
        section = document
        *parents, last = key.split(".")
        for parent in parents:
            section = section[parent]
        if isinstance(value, dict):
            section[last].update(value)
        else:
            section[last] = value
    write_params_files(folder, document)
    return folder


def run(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    changes: dict[str, Any],
    first: str = "sample",
    last: str = "report",
) -> Path:
    """Run the stages from `first` to `last` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(parameters(folder, changes))
    for stage in STAGES[STAGES.index(first) : STAGES.index(last) + 1]:
        module = importlib.import_module(f"stages.{stage}")
        if stage == "baseline":
            params = load_yaml(folder / "params.yaml")
            for name in params["evaluation"]["baselines"]:
                module.main(name, params["decoding"]["top"])
        elif stage == "assistant":
            for name in load_yaml(folder / "params.yaml")["evaluation"]["assistants"]:
                module.main(name)
        elif stage == "audit":
            for name in load_yaml(folder / "params.yaml")["evaluation"]["audits"]:
                module.main(name)
        elif stage == "explanation_baseline":
            for name in load_yaml(folder / "params.yaml")["evaluation"]["explanation_baselines"]:
                module.main(module.ExplanationBaseline(name))
        else:
            module.main()
    return folder
