"""Predictions of a baseline that left the list make no clone stale: with DVC, on dvc.yaml's structure."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.runs import REPOSITORY
from tests.repositories import commit_all, git

STAGES = ("generate", "baseline", "explanation_baseline", "evaluate")
WRITE = """import pathlib, sys
for name in sys.argv[1:]:
    path = pathlib.Path(name) if "." in name else pathlib.Path(name, "part")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
"""
EVALUATE = """import pathlib, yaml
from pipeline.evaluation.leftovers import set_aside
from pipeline.evaluation.recommendation import MODEL
lists = yaml.safe_load(open("params.yaml"))["evaluation"]
named = {MODEL, *lists["baselines"], *lists["explanation_baselines"]}
set_aside(pathlib.Path(), named)
exec(open("write.py").read())
"""


def trivial(stage: dict[str, Any], program: str) -> dict[str, Any]:
    """The stage of dvc.yaml with the outputs, parameters and predictions it has, and a command of no time."""
    outputs = [one for key in ("outs", "metrics") for one in stage.get(key, [])]
    names = [one if isinstance(one, str) else next(iter(one)) for one in outputs]
    return {
        "cmd": f"python {program} {' '.join(names)}",
        "deps": [program, *(dep for dep in stage["deps"] if dep.startswith("predictions"))],
        "params": [name for name in stage["params"] if name == "evaluation"],
        **{key: stage[key] for key in ("outs", "metrics") if key in stage},
    }


def write_repository(folder: Path) -> None:
    stages = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    written = {}
    for name in STAGES:
        stage, program = stages[name], "evaluate.py" if name == "evaluate" else "write.py"
        loop = "foreach" in stage
        body = trivial(stage["do"] if loop else stage, program)
        written[name] = {"foreach": stage["foreach"], "do": body} if loop else body
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": written}))
    (folder / "write.py").write_text(WRITE)
    (folder / "evaluate.py").write_text(EVALUATE)
    for name in (".gitignore", ".dvcignore"):
        (folder / name).write_text((REPOSITORY / name).read_text())


def choose(folder: Path, baselines: list[str], explanation_baselines: list[str]) -> None:
    lists = {"baselines": baselines, "explanation_baselines": explanation_baselines}
    (folder / "params.yaml").write_text(yaml.safe_dump({"evaluation": lists}))


def dvc(folder: Path, *arguments: str) -> str:
    """Run DVC as a user does."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(REPOSITORY), "DVC_NO_ANALYTICS": "1"}
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_clone_with_the_named_predictions_is_up_to_date(tmp_path: Path) -> None:
    work, clone = tmp_path / "work", tmp_path / "clone"
    work.mkdir()
    git(work, "init", "-q")
    dvc(work, "init", "-q")
    dvc(work, "remote", "add", "-q", "-d", "local", str(tmp_path / "remote"))
    write_repository(work)
    choose(work, ["most_popular", "item_knn"], ["nrt", "att2seq"])
    dvc(work, "repro")
    # One leaves each list; somebody tried another one by hand, and one was killed while it wrote.
    choose(work, ["most_popular"], ["nrt"])
    for name in ("predictions/ease/topn.parquet", "predictions/.baseline@bpr.0123abcd.tmp/new/bpr/part"):
        (work / name).parent.mkdir(parents=True)
        (work / name).write_text("left")
    dvc(work, "repro")
    commit_all(work)
    dvc(work, "push")
    assert "up to date" in dvc(work, "status")

    git(tmp_path, "clone", "-q", str(work), str(clone))
    dvc(clone, "pull")
    assert sorted(path.name for path in (clone / "predictions").iterdir() if path.is_dir()) == [
        "most_popular",
        "nrt",
        "peapod",
    ]
    assert "up to date" in dvc(clone, "status")
    # Nothing was lost, and the one that left comes back from the cache.
    assert (work / "runs/other_predictions/ease/topn.parquet").read_text() == "left"
    choose(work, ["most_popular", "item_knn"], ["nrt"])
    assert "Stage 'baseline@item_knn' is cached" in dvc(work, "repro")
    assert (work / "predictions/item_knn/part").read_text() == "predictions/item_knn"
