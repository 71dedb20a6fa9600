"""`.ci/audit` tells three ends apart: nothing known, something known, nobody asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("said", "wanted", "told"),
    [
        ("exit 0", 0, "pypi knows of no weakness"),
        ("echo 'Name Version ID'; echo 'pkg 1.0 PYSEC-1'; exit 1", 1, "pkg 1.0 PYSEC-1"),
        ("echo 'no route to host' >&2; exit 1", 3, "audit NOT done: neither PyPI nor OSV answered"),
    ],
)
def test_ends(tmp_path, said, wanted, told):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/audit", tmp_path / ".ci/audit")
    for name in ("requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    auditor = tmp_path / "runs/audit/bin/pip-audit"
    auditor.parent.mkdir(parents=True)
    auditor.write_text(f"#!/bin/sh\n{said}\n")
    auditor.chmod(0o755)
    done = subprocess.run(
        [tmp_path / ".ci/audit"], env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == wanted
    assert told in done.stdout + done.stderr
    # Every pin is asked about, the conditional ones too.
    pins = (tmp_path / "runs/pins.txt").read_text().splitlines()
    assert "atheris==3.0.0" in pins
    assert all(pin.count("==") == 1 and ";" not in pin for pin in pins)
