"""Nothing that a stage loads or opens of the code is missing from what dvc.yaml says it depends on."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline import tables
from pipeline.artifacts import write_table
from pipeline.recommenders.config import RECOMMENDERS
from pipeline.recommenders.parts.dros import DrosSasrec
from pipeline.recommenders.parts.released import LENGTH
from tests.backbones.causal.models import llama_folder
from tests.contracts.test_baselines_apart import EXPLAINERS, KINDS, covers
from tests.contracts.test_stages import dvc_stages, entries
from tests.end_to_end.runs import SMALL, parameters
from tests.evaluation.workspace import ITEMS, PARAMS, write_workspace
from tests.explainers.contract import write_planted
from tests.hardening.chaos.stages import read_stages
from tests.params_files import repository_params, write_params_files
from tools.closure import ITEM, ROOT, has_statements
from tools.dvc_deps import UNTRACKED

TINY = {
    "epochs": 1,
    "pretraining_epochs": 1,
    "factors": 4,
    "hidden": 4,
    "batch_size": 4,
    "negatives": 2,
    "steps": 2,
}


def loaded(folder: Path, commands: list[str]) -> dict[str, list[str]]:
    """Run commands of stages in `folder`, and return what each loads and opens of pipeline/ and stages/."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.contracts.loaded", *commands],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def unlisted(stage: str, name: str, files: list[str]) -> list[str]:
    """What of `files` decides on outputs and isn't a dependency of `stage`, which in a loop is for `name`."""
    listed = [dep.replace(ITEM, name) for dep in entries(dvc_stages()[stage], "deps")]
    # The parameter that names the templates names these.
    listed = [dep.replace("${prompts.templates}", "pipeline/prompts/templates.yaml") for dep in listed]
    deciding = [file for file in files if file not in UNTRACKED]
    deciding = [file for file in deciding if not file.endswith(".py") or has_statements(ROOT / file)]
    return [file for file in deciding if not covers(listed, file)]


def test_every_stage_lists_what_it_loads_and_opens(tmp_path: Path) -> None:
    stages = read_stages(parameters(tmp_path, SMALL | {"training.epochs": 1, "embeddings.epochs": 2}))
    commands = {f"{stage.module} {' '.join(stage.arguments)}".strip(): stage for stage in stages}
    found = loaded(tmp_path, list(commands))
    assert list(found) == list(commands)
    missing = {}
    for command, files in found.items():
        stage, _, name = commands[command].name.partition("@")
        if absent := unlisted(stage, name, files):
            missing[command] = absent
    assert missing == {}
    # What is opened is seen, not only what is imported.
    assert "pipeline/report/card.md" in found["stages.report"]
    assert "pipeline/prompts/templates.yaml" in found["stages.train"]
    # Epochs are chosen by answers to validation questions: what searches them, and nothing of the test's.
    apart = {"pipeline/decoding/predict.py", "pipeline/decoding/shards.py", "pipeline/model/influence.py"}
    assert "pipeline/decoding/beam_search.py" in found["stages.train"]
    assert not apart & set(found["stages.train"])


def write_released(root: Path) -> None:
    """Items whose ids are numbers, and what baseline `released` reads."""
    columns = {"item": list(range(ITEMS)), "item_id": [str(item) for item in range(ITEMS)]}
    write_table(root / "data/preprocessed/items.parquet", tables.ITEMS, columns)
    arrays = {name: value.numpy() for name, value in DrosSasrec(ITEMS, 4, LENGTH).state_dict().items()}
    (root / "data").mkdir(exist_ok=True)
    np.savez(root / "data/released.npz", **arrays)


def write_reviews(root: Path) -> None:
    """A tiny dataset, and settings with which every recommendation baseline runs in a moment."""
    write_workspace(root)
    write_released(root)
    sections = repository_params()["baselines"]
    for section in sections.values():
        if isinstance(section, dict):
            section.update({key: value for key, value in TINY.items() if key in section})
    llama_folder(root / "llama")
    sections["prompted"] |= {"model": str(root / "llama"), "candidates": 4, "history": 3}
    embeddings = {"released": {"path": str(root / "data/released.npz")}}
    write_params_files(root, PARAMS | {"baselines": sections | {"budget": 1}, "embeddings": embeddings})


@pytest.mark.parametrize(
    ("stage", "names", "write"),
    [("baseline", RECOMMENDERS, write_reviews), ("explanation_baseline", EXPLAINERS, write_planted)],
)
def test_every_baseline_lists_what_it_loads_and_opens(stage, names, write, tmp_path):
    write(tmp_path)
    found = loaded(tmp_path, [f"stages.{stage} {name}" for name in names])
    for name, files in zip(names, found.values(), strict=True):
        assert f"pipeline/{KINDS[stage][0]}/{name}.py" in files
        assert unlisted(stage, name, files) == []
