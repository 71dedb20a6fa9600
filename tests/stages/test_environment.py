"""Commands in a folder without git, and with another environment's Python: one message that helps."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.end_to_end.runs import REPOSITORY


def called(folder: Path, *command: str, path: str = os.defpath) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing of this environment but `path`."""
    return subprocess.run(
        command, cwd=folder, env={"PATH": path, "HOME": str(folder)}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment without any library."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True, with_pip=False)
    return folder


@pytest.mark.parametrize("module", ["stages.sample", "stages.train", "tools.check_params", "experiments"])
def test_another_python_says_that_the_environment_is_not_active(module: str, bare: Path) -> None:
    ended = called(REPOSITORY, str(bare / "bin/python"), "-m", module)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: {bare}/bin/python (Python {sys.version_info[0]}.")
    assert "source .venv/bin/activate (`make install` makes it), or type make repro" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_is_called_by_its_path_finds_its_own_python(bare: Path) -> None:
    """The environment that `make install` makes, with the line that it puts there."""
    (line,) = re.findall(r"^PATH_FIRST := (.*)$", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE)
    (site,) = bare.glob("lib/python*/site-packages")
    ask = "import subprocess; subprocess.run('python -c \"import sys; print(sys.prefix)\"', shell=True)"
    assert str(bare) not in called(bare, str(bare / "bin/python"), "-c", ask).stdout
    (site / "peapod_path.pth").write_text(line + "\n")
    assert called(bare, str(bare / "bin/python"), "-c", ask).stdout == f"{bare}\n"
    (site / "peapod_path.pth").unlink()


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """A folder as downloaded, whose environment is installed and does nothing."""
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("requirements.txt", "constraints.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in ("python", "dvc"):
        (tmp_path / ".venv/bin" / name).symlink_to(shutil.which("true") or "/bin/true")
    (tmp_path / ".venv/requirements.stamp").touch()
    return tmp_path


def test_a_folder_without_git_is_told_how_to_become_a_repository(unpacked: Path) -> None:
    path = os.environ["PATH"]
    ended = called(unpacked, "make", "repro", path=path)
    assert ended.returncode != 0
    assert "error: DVC works in a git repository, and git says: fatal: not a git repository" in ended.stderr
    (advice,) = re.findall(r"A downloaded ZIP becomes one by: (.*)", ended.stderr)
    identity = "git config --global user.name test && git config --global user.email test@localhost"
    assert called(unpacked, "bash", "-c", f"{identity} && {advice}", path=path).returncode == 0
    ended = called(unpacked, "make", "repro", path=path)
    assert (ended.returncode, "report: " in ended.stdout) == (0, True)


def test_a_machine_without_git_is_told_so(unpacked: Path) -> None:
    (unpacked / "bin").mkdir()
    for name in ("make", "bash"):
        (unpacked / "bin" / name).symlink_to(str(shutil.which(name)))
    ended = called(unpacked, "make", "repro", path=str(unpacked / "bin"))
    assert ended.returncode != 0
    assert re.search("git says: .*git: (command )?not found", ended.stderr)
