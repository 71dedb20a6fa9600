"""A full disk, a read-only one, a limit on file sizes: a clear error, exit code 1, no part of an output."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.parameters import FILES
from tools.closure import ROOT


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder that the sample stage writes to below `tmp_path`, which has its parameters."""
    for file in FILES:
        shutil.copy(ROOT / file, tmp_path)
    folder = tmp_path / "data/raw"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def small_disk(out: Path) -> Iterator[Path]:
    """A file system in memory with room for 64 KiB, at `out`."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", out], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"this user may not mount a tmpfs: {mounted.stderr.strip()}")
    yield out
    subprocess.run(["umount", "-l", out], check=True)


def sample(out: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the sample stage, whose output takes about 2 MB, as DVC does."""
    command = [sys.executable, "-m", "stages.sample", "--root", str(out.parents[1])]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)


def check(run: subprocess.CompletedProcess[str], out: Path, message: str) -> None:
    assert run.returncode == 1
    assert run.stderr == f"error: {message}\n"
    assert list(out.iterdir()) == []


def test_a_full_disk(small_disk: Path) -> None:
    run = sample(small_disk)
    path = small_disk / "sample.json.gz"
    check(run, small_disk, f"[Errno 28] {path}: not written: No space left on device")


def test_a_read_only_disk(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    run = sample(small_disk)
    path = small_disk / "sample.json.gz"
    check(run, small_disk, f"[Errno 30] {path}: not written: Read-only file system")


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_limit_on_the_size_of_files(out: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    run = sample(out, preexec_fn=limit)
    path = out / "sample.json.gz"
    check(run, out, f"[Errno 27] {path}: not written: File too large")


TABLE = """
import sys
from pathlib import Path
import numpy as np
from pipeline.artifacts import write_table
from pipeline.tables import RECOMMENDATIONS
from pipeline.runtime.errors import clear_errors
from tests.tiny import prompts_config, scratch_tokenizer, tiny_model
from pipeline.model.checkpoint import save_checkpoint

@clear_errors
def main():
    kind, out = sys.argv[1], Path(sys.argv[2])
    if kind == "checkpoint":
        save_checkpoint(out, tiny_model(), prompts_config())
    elif kind == "tokenizer":
        scratch_tokenizer(3).save(out)
    else:
        values = np.random.default_rng(0).permutation(200_000)
        write_table(out, RECOMMENDATIONS, {name: values for name in RECOMMENDATIONS.names})

main()
"""


@pytest.mark.parametrize("kind", ["table", "checkpoint", "tokenizer"])
def test_every_kind_of_output_on_a_full_disk(small_disk: Path, kind: str) -> None:
    (small_disk / "full").write_bytes(bytes(50_000))
    command = [sys.executable, "-c", TABLE, kind, str(small_disk / "out")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    assert f"{small_disk / 'out'}: " in run.stderr
    assert "No space left on device" in run.stderr
    assert [path.name for path in small_disk.iterdir()] == ["full"]


SEVERAL = """
import sys
from pathlib import Path
from pipeline.artifacts import write_text
from pipeline.runtime.publication import published
from pipeline.runtime.errors import clear_errors

@clear_errors
def main():
    with published(Path(sys.argv[1]), "stage", "metrics", "data/raw") as (metrics, raw):
        write_text(metrics / "figures.json", "{}")
        write_text(raw / "table", 200_000 * "x")

main()
"""


@pytest.mark.parametrize("mended", [False, True])
def test_several_outputs_on_a_full_disk_and_on_one_with_room(small_disk: Path, mended: bool) -> None:
    if mended:
        subprocess.run(["mount", "-o", "remount,size=1m", small_disk], check=True)
    root = small_disk.parents[1]
    run = subprocess.run([sys.executable, "-c", SEVERAL, root], cwd=ROOT, capture_output=True, text=True)
    message = f"error: [Errno 28] {small_disk}/table: not written: No space left on device\n"
    assert run.stderr == ("" if mended else message)
    assert [path.name for path in small_disk.iterdir()] == ["table"] * mended
    assert [path.name for path in (root / "metrics").iterdir()] == ["figures.json"] * mended


def test_several_outputs_on_a_read_only_disk(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    root = small_disk.parents[1]
    run = subprocess.run([sys.executable, "-c", SEVERAL, root], cwd=ROOT, capture_output=True, text=True)
    assert run.stderr == f"error: [Errno 30] {small_disk}: not written: Read-only file system\n"
    assert list((root / "metrics").iterdir()) == []
