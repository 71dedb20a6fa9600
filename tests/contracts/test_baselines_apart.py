"""A baseline changed reruns only itself: each has a module that no other's stage depends on."""

import pytest

from pipeline.explainers.config import ExplanationBaseline, ExplanationBaselinesConfig
from pipeline.recommenders.config import RECOMMENDERS
from tests.contracts.test_stages import dvc_stages, entries
from tools.closure import ITEM, ROOT, imported_names

EXPLAINERS = tuple(name.value for name in ExplanationBaseline)
KINDS = {"baseline": ("recommenders", RECOMMENDERS), "explanation_baseline": ("explainers", EXPLAINERS)}
SHARED = {
    "recommenders": {"base", "config", "hyperparameters"},
    "explainers": {"base", "baseline", "config", "records", "training", "transformer", "words"},
}
"""Modules beside the methods' own, which several of them use."""


def listed(stage: str, name: str) -> list[str]:
    """What the stage of baseline `name` depends on, by dvc.yaml."""
    return [dep.replace(ITEM, name) for dep in entries(dvc_stages()[stage], "deps")]


def covers(deps: list[str], file: str) -> bool:
    return any(file == dep or file.startswith(f"{dep}/") for dep in deps)


@pytest.mark.parametrize("stage", KINDS)
def test_each_name_has_a_module_and_each_module_a_name(stage):
    folder, names = KINDS[stage]
    modules = {path.stem for path in (ROOT / "pipeline" / folder).glob("*.py")}
    assert modules - {"__init__"} - SHARED[folder] == set(names)


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
            if covers(deps, f"pipeline/{folder}/{other}.py")
        }
        assert covered == {(stage, name)}


def test_nothing_but_its_stage_imports_a_baseline_s_module():
    methods = tuple(f"pipeline.{folder}.{name}." for folder, names in KINDS.values() for name in names)
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for folder in ("pipeline", "stages", "experiments", "benchmarks")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for name in imported_names(file)
        if f"{name}.".startswith(methods)
    ]
    assert wrong == []
