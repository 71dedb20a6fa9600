"""Experiments in clones that would lose them, and under names that are taken: told before DVC starts."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.__main__ import main
from experiments.repository import check_repository, commit_at, waiting
from experiments.runs import Run
from pipeline.artifacts import ArtifactError
from tests.end_to_end.runs import REPOSITORY, parameters
from tests.experiments.test_presets import ODD
from tests.params_files import FILES
from tests.repositories import commit_all, git

STAGE = "stages:\n  nothing:\n    cmd: echo\n    deps: ['${dataset.raw}']\n    params: [seed]\n"
Make = Callable[[Path, Path], None]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all of params.yaml, two commits, and a stage that takes no time."""
    folder = tmp_path_factory.mktemp("original")
    for file in FILES:
        shutil.copy(REPOSITORY / file, folder)
    (folder / "dvc.yaml").write_text(STAGE)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=folder, check=True)
    (folder / "read-me").write_text("one")
    commit_all(folder)
    (folder / "read-me").write_text("two")
    commit_all(folder)
    return folder


@pytest.fixture
def project(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole clone, as the working folder."""
    git(tmp_path, "clone", "-q", str(original), "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def clone(*options: str) -> Make:
    def make(original: Path, folder: Path) -> None:
        git(original.parent, "clone", "-q", *options, f"file://{original}", str(folder))

    return make


def unborn(original: Path, folder: Path) -> None:
    clone()(original, folder)
    git(folder, "checkout", "-q", "--orphan", "new")


def unpacked(original: Path, folder: Path) -> None:
    """What `Download ZIP` gives."""
    shutil.copytree(original, folder, ignore=shutil.ignore_patterns(".git", "tmp", "cache"))


def in_conflict(original: Path, folder: Path) -> None:
    clone()(original, folder)
    for branch in ("ours", "theirs"):
        git(folder, "checkout", "-q", "-b", branch, "origin/main")
        (folder / "read-me").write_text(branch)
        git(folder, "commit", "-qam", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(folder, "merge", "ours")


@pytest.mark.parametrize(
    ("make", "message", "advice"),
    [
        (clone("--depth", "1"), "this is a shallow clone, .*: git fetch", "git fetch --unshallow"),
        (
            clone("--filter=blob:none"),
            r"a partial clone \(1 obj.*: git fe",
            "git fetch --refetch --no-filter",
        ),
        (clone("--sparse"), r"no .dvc/config in .*: git sparse", "git sparse-checkout disable"),
        (unborn, "has no commit, .*: git add", "git add -A && git commit -m 'PeaPOD as downloaded'"),
        (
            unpacked,
            "is no git repository, .*: git init",
            "git init && git add -A && git commit -m 'PeaPOD as",
        ),
        (in_conflict, "left conflicts in read-me: mend", "git merge --abort"),
    ],
    ids=["shallow", "partial", "sparse", "unborn", "unpacked", "in conflict"],
)
def test_what_dvc_would_lose_or_refuse_is_refused_with_advice_that_helps(
    make: Make, message: str, advice: str, original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(original, tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    with pytest.raises(ArtifactError, match=message) as refused:
        check_repository()
    assert advice in str(refused.value)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "test")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "test@localhost")
    whole = str(refused.value)[str(refused.value).index(advice) :]
    subprocess.run(re.sub(r" \(in GitHub.*|, or clone.*", "", whole), shell=True, check=True)
    assert check_repository() == git(tmp_path / "clone", "rev-parse", "HEAD")


def test_another_folder_and_a_machine_without_git_are_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "inside").mkdir()
    monkeypatch.chdir(project / "inside")
    with pytest.raises(ArtifactError, match=rf"no dvc.yaml in .*inside: .* cd {project}$"):
        check_repository(project)
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", str(project))
    with pytest.raises(ArtifactError, match="git isn't on the PATH"):
        check_repository()


def test_whole_clones_of_other_kinds_pass(original: Path, tmp_path: Path, monkeypatch) -> None:
    clone("--depth", "9")(original, tmp_path / "deep")
    git(tmp_path, "clone", "-q", "--shared", str(original), "shared")
    clone()(original, tmp_path / "detached")
    git(tmp_path / "detached", "checkout", "-q", "--detach")
    for name in ("deep", "shared", "detached"):
        monkeypatch.chdir(tmp_path / name)
        assert check_repository() == git(original, "rev-parse", "HEAD")


def run(*arguments: object, **options: object) -> object:
    """Run the command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(*arguments, **options)  # type: ignore[arg-type]
    return ended.value.code


def test_a_shallow_clone_is_refused_before_dvc_starts(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clone("--depth", "1")(original, tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: pytest.fail("it ran"))
    assert run("musical-instruments", tmp_path) == 1
    assert "error: this is a shallow clone" in capsys.readouterr().err


@pytest.mark.parametrize(("queue", "command"), [(False, "dvc exp list"), (True, "dvc queue status")])
def test_an_experiment_that_is_not_there_afterwards_is_an_error(
    queue: bool,
    command: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: 0)
    assert run("musical-instruments", project, queue=queue) == 1
    shown = capsys.readouterr().err
    assert f"musical-instruments ended well, but `{command}` hasn't got it: its result is lost" in shown
    assert "failed: musical-instruments" in shown


def test_an_experiment_of_that_name_is_told_of_before_dvc_starts_and_dropped_by_force(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one.json", "other.json"):
        (project.parent / name).write_text(name)
    one, other = project.parent / "one.json", project.parent / "other.json"
    start = git(project, "rev-parse", "HEAD")
    assert run("musical-instruments", one) == 0
    with monkeypatch.context() as patched:
        patched.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: pytest.fail("it ran"))
        assert run("musical-instruments", other) == 1
    message = capsys.readouterr().err
    assert f"musical-instruments ran already (with --raw {one}): `dvc exp apply musical-instr" in message
    assert "--force drops it" in message
    assert run("musical-instruments", other, force=True) == 0
    commit = commit_at("musical-instruments", start)
    assert commit
    assert Run("", commit).params["dataset"]["raw"] == str(other)
    # From another commit it's another experiment.
    (project / "read-me").write_text("three")
    commit_all(project)
    assert run("musical-instruments", one) == 0
    # Nothing there to drop is nothing to complain of.
    assert run("all-beauty-2018", one, force=True) == 0
    assert "ERROR" not in capsys.readouterr().err


def test_no_two_experiments_of_one_name_are_queued(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = project / "params.yaml"
    assert run("musical-instruments", raw, queue=True) == 0
    assert waiting() == {"musical-instruments": "Queued"}
    for queue in (True, False):
        assert run("musical-instruments", raw, queue=queue) == 1
        assert "musical-instruments is queued: `dvc queue start` runs it, --force" in capsys.readouterr().err
    assert run("musical-instruments", raw, queue=True, force=True) == 0
    assert len(waiting()) == 1


def test_one_that_runs_is_not_dropped(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("experiments.repository.waiting", lambda: {"musical-instruments": "Running"})
    monkeypatch.setattr("experiments.__main__.run_dvc", lambda *arguments, **_: pytest.fail("it ran"))
    for force in (False, True):
        assert run("musical-instruments", project, force=force) == 1
        assert "`dvc queue kill musical-instruments` ends it" in capsys.readouterr().err


def test_raw_files_may_be_called_anything(project: Path) -> None:
    raw = project.parent / "-".join(ODD) / "r.json"
    raw.parent.mkdir()
    raw.touch()
    assert run("musical-instruments", raw) == 0
    commit = commit_at("musical-instruments", git(project, "rev-parse", "HEAD"))
    assert commit
    assert Run("", commit).params["dataset"]["raw"] == str(raw)


def test_a_path_that_dvc_would_fill_in_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = project.parent / "${seed}"
    raw.touch()
    assert run("musical-instruments", raw) == 1
    assert "${seed}: DVC takes ${...} in a path for a parameter's value; rename it" in capsys.readouterr().err


@pytest.mark.parametrize(("depth", "code"), [("1", 1), ("9", 0)], ids=["shallow", "whole"])
def test_stages_of_a_plain_experiment_refuse_a_copy_of_a_shallow_clone(
    depth: str, code: int, original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone("--depth", depth)(original, tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    stage = "from stages.recorded import recorded\ndef main(root=None): pass\nrecorded(main)()\n"
    # Named as a stage that comes before any is counted.
    (tmp_path / "sample.py").write_text(stage)
    parameters(Path(), {})
    monkeypatch.setenv("PYTHONPATH", f"{REPOSITORY}{os.pathsep}{tmp_path}")
    run_in = ["-m", "dvc", "exp", "run", "--temp", "-S", "seed=43"]
    Path("dvc.yaml").write_text("stages:\n  nothing:\n    cmd: python -m sample\n    params: [seed]\n")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    ended = subprocess.run([sys.executable, *run_in], capture_output=True, text=True)
    assert bool(ended.returncode) == bool(code)
    shown = ended.stdout + ended.stderr
    assert ("is a shallow clone, in which DVC loses what an experiment" in shown) == bool(code)
    assert "Traceback" not in shown
