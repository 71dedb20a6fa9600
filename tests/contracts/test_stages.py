"""dvc.yaml against the code: what each stage depends on, which parameters it reads, where it writes."""

import ast
import re
from typing import Any

import pytest
import yaml

from pipeline.params import completed, field_keys, load_yaml
from stages.parameters import FILES, Params, file_of
from tests.contracts.sections import param_sections
from tools.closure import ROOT
from tools.dvc_deps import differences, read_stages, rewritten
from tools.parameters import texts

OUTPUT_FOLDERS = {"data", "models", "predictions", "metrics", "report"}

UNLISTED = {"explanations": {"runtime"}, "identifiers": {"runtime"}}
"""Sections that a stage reads and doesn't depend on: who runs its tasks changes no byte of what it makes."""

UNLISTED_KEYS = {"runtime": {"engine", "launcher", "ray_address"}}
"""Keys that no stage depends on, of sections that stages list key by key: who runs it changes no byte."""


def dvc_stages() -> dict[str, dict[str, Any]]:
    """The stages of dvc.yaml; of a loop its body, with the loop's `${...}` left as written."""
    document = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    return {name: stage.get("do", stage) for name, stage in document["stages"].items()}


def module_of(stage: dict[str, Any]) -> str:
    """The stage module that a stage of dvc.yaml runs."""
    command = stage["cmd"] if isinstance(stage["cmd"], str) else " ".join(stage["cmd"])
    found = re.findall(r"-m stages\.(\w+)", command)
    assert len(found) == 1, f"{command!r} runs {found}, one `-m stages.NAME` wanted"
    return found[0]


def stage_modules() -> list[str]:
    """The stage modules that dvc.yaml runs, ascending."""
    return sorted({module_of(stage) for stage in dvc_stages().values()})


def entries(stage: dict[str, Any], key: str) -> list[str]:
    """The paths or keys under `key`, without their options."""
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in stage.get(key, [])]


def sections_of(stage: dict[str, Any]) -> list[str]:
    """The parameters of a stage as dotted keys, of both files, each in the file of its section."""
    listed: dict[str, list[str]] = {"params.yaml": []}
    for entry in stage.get("params", []):
        if isinstance(entry, str):
            listed["params.yaml"].append(entry)
        else:
            listed |= entry
    wrong = [key for file, keys in listed.items() for key in keys if file_of(key.partition(".")[0]) != file]
    assert wrong == [], "listed under a file that hasn't got them"
    return [key for keys in listed.values() for key in keys]


def outputs(stage: dict[str, Any]) -> list[str]:
    return [path for key in ("outs", "metrics", "plots") for path in entries(stage, key)]


@pytest.mark.parametrize(
    ("stage", "key", "found"),
    [
        ({"deps": ["a", {"b": {"x": 1}}]}, "deps", ["a", "b"]),
        ({"outs": [{"m.json": {"cache": False}}]}, "outs", ["m.json"]),
        ({}, "params", []),
    ],
)
def test_entries(stage, key, found):
    assert entries(stage, key) == found


def test_every_stage_runs_code_of_ours():
    assert [stage.name for stage in read_stages()] == list(dvc_stages())


def test_code_dependencies_are_what_is_imported():
    stages = read_stages()
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    assert differences(stages) == [], "python -m tools.dvc_deps writes them"
    assert rewritten(text, stages) == text


def test_params_are_the_sections_that_the_stage_reads():
    wrong = {}
    for name, stage in dvc_stages().items():
        # Of some sections keys stand there: baselines.budget and baselines.${item}, runtime.device.
        listed = list({entry.split(".")[0] for entry in sections_of(stage)})
        wanted = sorted(set(param_sections(module_of(stage))) - UNLISTED.get(name, set()))
        if sorted(listed) != wanted:
            wrong[name] = {"listed": sorted(listed), "wanted": wanted}
    assert wrong == {}


@pytest.mark.parametrize("section", UNLISTED_KEYS)
def test_of_a_section_listed_by_keys_every_key_is_listed_or_said_to_change_nothing(section):
    keys = {key for key in field_keys(Params) if key.startswith(f"{section}.")}
    wanted = keys - {f"{section}.{key}" for key in UNLISTED_KEYS[section]}
    listed = {
        name: {entry for entry in sections_of(stage) if entry.split(".")[0] == section}
        for name, stage in dvc_stages().items()
    }
    assert {name: found for name, found in listed.items() if found not in (set(), wanted)} == {}
    assert {name for name, found in listed.items() if found} >= {"train", "generate"}


def test_outputs_stand_in_their_folders_and_have_one_writer():
    written = [(path, name) for name, stage in dvc_stages().items() for path in outputs(stage)]
    assert [pair for pair in written if pair[0].split("/")[0] not in OUTPUT_FOLDERS] == []
    paths = [path for path, _ in written]
    assert sorted(paths) == sorted(set(paths))


def test_figures_and_plots_are_in_git():
    # `dvc metrics diff` then works across commits on any clone, as tables do.
    wrong = [
        f"{name}: {entry}"
        for name, stage in dvc_stages().items()
        for key in ("outs", "metrics", "plots")
        for entry in stage.get(key, [])
        for path, options in (entry.items() if isinstance(entry, dict) else [(entry, {})])
        if (path.startswith("metrics/") or key != "outs") and options.get("cache") is not False
    ]
    assert wrong == []


def test_of_the_evaluation_the_summary_alone_is_a_metric_of_dvc():
    # The full documents have some 2,000 figures: no terminal is as wide as `dvc exp show` of them.
    assert entries(dvc_stages()["evaluate"], "metrics") == ["metrics/summary.json"]


def test_dvc_keeps_the_runs_of_every_stage_but_the_evaluation():
    # It keeps none of a stage with an output in git that is neither metric nor plot (dvc/stage/__init__.py).
    without = [
        name
        for name, stage in dvc_stages().items()
        for entry in stage.get("outs", [])
        if isinstance(entry, dict) and next(iter(entry.values())).get("cache") is False
    ]
    assert set(without) == {"evaluate"}


def test_no_output_persists():
    # `persist: true` switches the run cache off.
    options = [entry for stage in dvc_stages().values() for entry in stage.get("outs", [])]
    assert [entry for entry in options if isinstance(entry, dict) and "persist" in str(entry)] == []


# --- params.yaml ---


def params_of(file: str) -> dict[str, Any]:
    return load_yaml(ROOT / file)


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested parameters by dotted key; an empty section is one."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        inner = isinstance(value, dict) and value
        found |= flat(value, f"{prefix}{key}.") if inner else {f"{prefix}{key}": value}
    return found


def test_values_in_params_yaml_are_the_defaults_in_code():
    """Else a key that is taken out of the file would change what runs."""
    values = params_of("params.yaml")
    defaults = flat(completed({}, Params))
    other = {key: value for key, value in flat(values).items() if defaults.get(key) != value}
    assert other == {"seed": 42}, "change the default beside the field (pipeline/*/config.py) as well"


def test_baselines_yaml_has_every_key_of_its_sections():
    """Their fields have no default: a search list stands in one place."""
    wanted = {key for key in field_keys(Params) if file_of(key.partition(".")[0]) == "baselines.yaml"}
    found = flat(params_of("baselines.yaml"))
    assert found.keys() == {key for key in wanted if not any(other.startswith(f"{key}.") for other in wanted)}


def test_what_dvc_yaml_interpolates_stands_in_params_yaml():
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{([\w.]+)\}", text)) - {"item"}
    assert "dataset.raw" in wanted
    assert wanted - flat(params_of("params.yaml")).keys() == set()


def test_comments_of_the_files_and_the_page_are_what_the_fields_say():
    wrong = [name for name, text in texts(ROOT).items() if (ROOT / name).read_text(encoding="utf-8") != text]
    assert wrong == [], "python -m tools.parameters writes them"


def test_params_yaml_can_be_read_in_one_sitting():
    assert len((ROOT / "params.yaml").read_text(encoding="utf-8").splitlines()) <= 170


def test_every_section_is_read_by_a_stage():
    read = {section for stage in stage_modules() for section in param_sections(stage)}
    assert read == {section for file in FILES for section in params_of(file)}


def test_sections_of_stages_are_the_checked_classes():
    """What `make check-params` validates is what the stages read."""

    def annotations(module: str) -> dict[str, str]:
        tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Params"]
        fields = [node for one in classes for node in one.body if isinstance(node, ast.AnnAssign)]
        return {ast.unparse(field.target): ast.unparse(field.annotation) for field in fields}

    checked = annotations("stages/parameters.py")
    wrong = {
        f"{stage}: {section}": kind
        for stage in stage_modules()
        for section, kind in annotations(f"stages/{stage}.py").items()
        if checked.get(section) != kind
    }
    assert wrong == {}
