"""The rules of pipeline/__init__.py and docs, held against the code's own syntax trees."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tools.closure import ROOT, imported_names

# From left to right: a folder imports itself and what stands before it.
ORDER = [
    "data",
    "explanations",
    "language_models",
    "recommenders",
    "explainers",
    "embeddings",
    "identifiers",
    "backbones",
    "tasks",
    "prompts",
    "model",
    "training",
    "decoding",
    "serving",
    "evaluation",
    "audits",
    "report",
]
SHARED = {"params", "tables", "artifacts", "randomness", "downloads"}
"""Modules that every folder may import; they import nothing but each other."""
RUNTIME = "runtime"
"""The folder of what a run needs, whatever it computes: every other folder may import it."""
PIPELINE = sorted((ROOT / "pipeline").rglob("*.py"))
FOLDERS = ("pipeline", "stages", "tests", "tools")
PYTHON = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def folder_of(file: Path) -> str:
    """The folder of pipeline/ that a file is in; empty for a top-level module."""
    parts = file.relative_to(ROOT / "pipeline").parts
    return parts[0] if len(parts) > 1 else ""


def imports(file: Path) -> Iterator[list[str]]:
    return (name.split(".") for name in imported_names(file))


def calls(file: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything called in a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def forbidden_import(folder: str, parts: list[str]) -> bool:
    """Tell whether a file of `folder` ("" for a top-level module) may not import `parts`."""
    if parts[0] in {"stages", "tests", "experiments", "benchmarks", "tools"}:
        return True
    if parts[0] != "pipeline" or len(parts) == 1 or parts[1] in SHARED:
        return False
    if parts[1] == RUNTIME:
        return not folder
    if parts[1] not in ORDER or folder not in ORDER:
        return True
    return ORDER.index(parts[1]) > ORDER.index(folder)


@pytest.mark.parametrize(
    ("folder", "module", "forbidden"),
    [
        ("data", "pipeline.data.filtering.core", False),
        ("decoding", "pipeline.model.peapod.Peapod", False),
        ("data", "pipeline.embeddings.config", True),
        ("evaluation", "pipeline.report.page", True),
        ("evaluation", "pipeline.tables.USERS", False),
        ("", "pipeline.data.amazon", True),
        ("", "pipeline.params.Section", False),
        ("", "pipeline.runtime.logs", True),
        ("runtime", "pipeline.runtime.config", False),
        ("runtime", "pipeline.artifacts.write_json", False),
        ("runtime", "pipeline.data.config", True),
        ("data", "pipeline.runtime.progress_bar", False),
        ("report", "stages.report", True),
        ("report", "pipeline.unheard_of.thing", True),
        ("model", "torch.nn", False),
    ],
)
def test_the_rule_itself(folder, module, forbidden):
    assert forbidden_import(folder, module.split(".")) is forbidden


def test_the_order_is_the_documented_one_and_names_every_folder():
    folders = {path.parent.name for path in (ROOT / "pipeline").glob("*/__init__.py")}
    assert folders == {*ORDER, RUNTIME}
    modules = {path.stem for path in (ROOT / "pipeline").glob("*.py")}
    assert modules == SHARED | {"__init__"}
    documented = (ROOT / "pipeline/__init__.py").read_text(encoding="utf-8")
    way = documented[documented.index("data ->") :]
    places = [match.start() for folder in ORDER if (match := re.search(rf"\b{folder}\b", way))]
    assert len(places) == len(ORDER)
    assert places == sorted(places)


def test_the_tree_in_readme_names_every_folder_in_that_order():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme.split("## The tree")[1].split("```")[1]
    named = re.findall(r"^(?:  )?([a-z_]+)/ ", tree, re.MULTILINE)
    assert [folder for folder in named if folder in ORDER] == ORDER
    assert not [folder for folder in named if not list(ROOT.glob(folder)) + list(ROOT.glob(f"*/{folder}"))]


def test_imports_point_to_the_left():
    wrong = [
        f"{name_of(file)} imports {'.'.join(parts)}"
        for file in PIPELINE
        for parts in imports(file)
        if forbidden_import(folder_of(file), parts)
    ]
    assert wrong == []


def test_evaluation_audits_and_report_know_no_model():
    wrong = [
        f"{name_of(file)} imports {'.'.join(parts)}"
        for file in PIPELINE
        if folder_of(file) in {"evaluation", "audits", "report"}
        for parts in imports(file)
        if parts[0] in {"torch", "transformers", "safetensors"}
        or parts[:2] in (["pipeline", "model"], ["pipeline", "training"], ["pipeline", "decoding"])
    ]
    assert wrong == []


def test_only_stages_read_the_params_file():
    wrong = []
    for file in PIPELINE:
        if file == ROOT / "pipeline/params.py":
            continue
        names = {name for name in imported_names(file) if name.startswith("pipeline.params")}
        names -= {f"pipeline.params.{name}" for name in ("Section", "ParamsError", "load_yaml", "dvc_path")}
        wrong += [f"{name_of(file)} imports {name}" for name in sorted(names)]
        literals = [
            node.value
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        wrong += [f"{name_of(file)} names params.yaml" for text in literals if text == "params.yaml"]
    assert wrong == []


def test_no_module_is_called_utils():
    names = {"utils", "util", "helpers", "common", "misc"}
    assert [name_of(file) for file in PYTHON if file.stem in names] == []


def test_no_bare_except():
    wrong = [
        f"{name_of(file)}: line {node.lineno}"
        for file in PYTHON
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert wrong == []


def test_no_prints_no_eval_and_no_hidden_imports_in_pipeline():
    # The closure of a stage must be readable from its import statements.
    never = {"print", "eval", "exec", "__import__", "import_module", "importlib.import_module"}
    wrong = [
        f"{name_of(file)}: line {line}: {called}"
        for file in PIPELINE
        for line, called in calls(file)
        if called in never
    ]
    assert wrong == []


def test_inits_of_folders_are_empty():
    # Whoever installs the package has one name to know.
    door = ROOT / "pipeline/serving/__init__.py"
    assert list(imports(door)) == [["pipeline", "serving", "predictor", "Predictor"]]
    wrong = [
        name_of(file)
        for file in PIPELINE
        if file.name == "__init__.py"
        and file != door
        and folder_of(file)
        and file.read_text(encoding="utf-8").strip()
    ]
    assert wrong == []


def lengths(files: Iterable[Path]) -> dict[str, int]:
    return {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}


def test_files_are_short():
    # parameters.py is a list of all sections, no stage.
    stages = sorted({*(ROOT / "stages").glob("*.py")} - {ROOT / "stages/parameters.py"})
    assert {name: lines for name, lines in lengths(PIPELINE).items() if lines > 300} == {}
    assert {name: lines for name, lines in lengths(stages).items() if lines > 80} == {}
