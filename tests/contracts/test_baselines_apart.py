"""A baseline changed reruns only itself: each has a module that no other's stage depends on."""

import pytest

from pipeline.baselines.explanation.config import ExplanationBaseline, ExplanationBaselinesConfig
from pipeline.baselines.recommendation.config import RECOMMENDERS
from tests.contracts.test_stages import dvc_stages, entries
from tools.closure import ITEM, ROOT, imported_names

EXPLAINERS = tuple(name.value for name in ExplanationBaseline)
KINDS = {"baseline": ("methods", RECOMMENDERS), "explanation_baseline": ("explainers", EXPLAINERS)}


def listed(stage: str, name: str) -> list[str]:
    """What the stage of baseline `name` depends on, by dvc.yaml."""
    return [dep.replace(ITEM, name) for dep in entries(dvc_stages()[stage], "deps")]


def covers(deps: list[str], file: str) -> bool:
    return any(file == dep or file.startswith(f"{dep}/") for dep in deps)


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
