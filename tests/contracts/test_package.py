"""The wheel: whole, alone in a folder, and with the dependencies that it says."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stages.predictor import read_predictor
from tools.closure import OURS, ROOT, closure, imported_names

INSTALL = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pinned() -> dict[str, str]:
    """The versions of requirements.txt by package."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(";")[0].strip().split("==") for line in lines if "==" in line]
    return {canonicalize_name(name): version for name, version in pairs}


def imported(start: Iterable[str]) -> set[str]:
    """The packages that code of ours imports of others, through all that it imports of ours."""
    files = [file for file in closure([ROOT / name for name in start]) if file.suffix == ".py"]
    modules = {name.split(".")[0] for file in files for name in imported_names(file)}
    modules -= {*sys.stdlib_module_names, *OURS, "ruamel"}
    providers = packages_distributions()
    return {canonicalize_name(providers[module][0]) for module in modules} | {"ruamel-yaml"}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *OURS, "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [name for name in listed.split("\0") if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built of what git tracks, in a copy: a build leaves folders beside its sources."""
    folder = tmp_path_factory.mktemp("package")
    source = folder / "source"
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    build = [*INSTALL, "wheel", str(source), "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run(build, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == {name for name in tracked() if name.split("/")[0] in OURS}


def test_it_answers_where_nothing_else_of_ours_is(wheel: Path, workspace: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    subprocess.run([*INSTALL, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    program = (
        "import json, pathlib, pipeline, pipeline.serving, sys\n"
        "predictor = pipeline.serving.Predictor.load(pathlib.Path(sys.argv[1]))\n"
        "found = predictor.recommend(user='SYN-U-0001', top=10)\n"
        "said = predictor.explain('SYN-U-0001', 'SYN-I-0001')\n"
        "print(json.dumps([pipeline.__file__, [[one.item, one.score] for one in found], said]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(workspace / "models/peapod")],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    place, listed, sentence = json.loads(done.stdout)
    assert Path(place).is_relative_to(site)
    predictor = read_predictor(workspace / "models/peapod")
    wanted = predictor.recommend(user="SYN-U-0001", top=10)
    assert listed == [[one.item, one.score] for one in wanted]
    assert sentence == predictor.explain("SYN-U-0001", "SYN-I-0001")


def test_it_wants_what_answering_imports_and_no_more() -> None:
    wanted = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    assert wanted == imported(["pipeline/serving/__init__.py", "stages/recommend.py"])


def test_the_pins_lie_within_what_it_wants_and_are_its_least_versions() -> None:
    lines = [*project()["dependencies"], *project()["optional-dependencies"]["serve"]]
    assert len(lines) > 10
    for one in map(Requirement, lines):
        version = pinned()[canonicalize_name(one.name)]
        assert one.specifier.contains(version), one
        (least,) = [part.version for part in one.specifier if part.operator == ">="]
        assert version == least or version.startswith(f"{least}."), one


def test_what_the_image_copies_is_there_and_what_it_runs_is_in_the_wheel(wheel: Path) -> None:
    """Nobody builds an image in a test: this holds its names to the project's."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    assert [name for name in copied if name != "models/peapod" and not (ROOT / name).exists()] == []
    (started,) = [json.loads(line.removeprefix("CMD ")) for line in lines if line.startswith("CMD ")]
    assert started[:3] == ["python", "-m", "stages.serve"]
    with ZipFile(wheel) as archive:
        assert {"stages/serve.py", "pipeline/serving/page.html", "pipeline/py.typed"} <= set(
            archive.namelist()
        )
