"""A baseline changed reruns only itself: each has a module that no other's stage depends on or loads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.artifacts import write_text
from pipeline.baselines.explanation.config import ExplanationBaseline, ExplanationBaselinesConfig
from pipeline.baselines.recommendation.config import RECOMMENDERS
from tests.baselines.explanation_contract import write_planted
from tests.contracts.test_stages import dvc_stages, entries
from tests.evaluation.workspace import PARAMS, write_workspace
from tools.closure import ITEM, ROOT, imported_names

EXPLAINERS = tuple(name.value for name in ExplanationBaseline)
KINDS = {"baseline": ("methods", RECOMMENDERS), "explanation_baseline": ("explainers", EXPLAINERS)}
SMALL = {"epochs": 1, "pretraining_epochs": 1, "factors": 4, "hidden": 4, "batch_size": 4, "negatives": 2}


def listed(stage: str, name: str) -> list[str]:
    """What the stage of baseline `name` depends on, by dvc.yaml."""
    return [dep.replace(ITEM, name) for dep in entries(dvc_stages()[stage], "deps")]


def covers(deps: list[str], file: str) -> bool:
    return any(file == dep or file.startswith(f"{dep}/") for dep in deps)


def write_reviews(root: Path) -> None:
    """A tiny dataset, and settings with which every recommendation baseline runs in a moment."""
    write_workspace(root)
    sections = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["baselines"]
    for section in sections.values():
        if isinstance(section, dict):
            section.update({key: value for key, value in SMALL.items() if key in section})
    write_text(root / "params.yaml", yaml.safe_dump(PARAMS | {"baselines": sections | {"budget": 1}}))


@pytest.mark.parametrize("stage", KINDS)
def test_each_name_has_a_module_and_each_module_a_name(stage):
    folder, names = KINDS[stage]
    modules = {path.stem for path in (ROOT / "pipeline/baselines" / folder).glob("*.py")}
    assert modules - {"__init__"} == set(names)


def test_explanation_baselines_are_the_sections_of_their_config():
    assert set(EXPLAINERS) == set(ExplanationBaselinesConfig.model_fields) - {"training"}


@pytest.mark.parametrize("stage", KINDS)
def test_no_baseline_lists_another_s_module(stage):
    for name in KINDS[stage][1]:
        deps = listed(stage, name)
        covered = {
            (kind, other)
            for kind, (folder, names) in KINDS.items()
            for other in names
            if covers(deps, f"pipeline/baselines/{folder}/{other}.py")
        }
        assert covered == {(stage, name)}


def test_nothing_but_its_stage_imports_a_baseline_s_module():
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for folder in ("pipeline", "stages", "experiments", "benchmarks")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for name in imported_names(file)
        if name.startswith(("pipeline.baselines.methods", "pipeline.baselines.explainers"))
        and not name.endswith(ITEM)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("stage", "write"), [("baseline", write_reviews), ("explanation_baseline", write_planted)]
)
def test_what_a_run_loads_is_listed(stage, write, tmp_path):
    write(tmp_path)
    folder, names = KINDS[stage]
    command = [sys.executable, "-m", "tests.contracts.loaded", stage, str(tmp_path), *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert list(loaded) == list(names)
    for name, files in loaded.items():
        assert f"pipeline/baselines/{folder}/{name}.py" in files
        # The __init__ of stages is empty, and in no list.
        missing = [file for file in files if not covers(listed(stage, name), file)]
        assert missing == ["stages/__init__.py"]
