"""From a CSV to a page with recommendations, by the four commands that README shows, as they stand there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.contracts.test_tracked_files import tracked
from tests.end_to_end.runs import REPOSITORY, SMALL, parameters
from tests.repositories import commit_all
from tests.serving.service import serving

PLACE = "/data/shop.csv"
"""How README calls the file."""


def commands() -> list[str]:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    block = text.split("## From a CSV to a page")[1].split("\n\n")[2]
    return [line.split("#")[0].strip() for line in block.splitlines()]


def write_csv(path: Path) -> None:
    """Sixty customers who mostly buy within a range of eight products."""
    rng = np.random.default_rng(0)
    lines = ["user_id,item_id,rating,timestamp"]
    for customer in range(60):
        liked = 8 * (customer % 5) + rng.permutation(8)
        bought = [*liked[:6], *rng.integers(40, size=2)]
        for day, product in enumerate(dict.fromkeys(bought)):
            lines.append(f"c{customer:03},p{product:02},{rng.integers(3, 6)},{1_600_000_000 + 86_400 * day}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, with parameters with which it's done in minutes."""
    folder = tmp_path / "project"
    for path in tracked():
        copied = folder / path.relative_to(REPOSITORY)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)
    parameters(folder, SMALL | {"training.epochs": 1})
    commit_all(folder)
    return folder


def called(line: str, folder: Path) -> str:
    """Run a command with the tests' Python, and return what it prints."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "OMP_NUM_THREADS": "1", "DVC_NO_ANALYTICS": "1"}
    words = shlex.split(line)
    ran = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


@pytest.mark.slow
def test_four_commands(project: Path, tmp_path: Path) -> None:
    install, look, run, serve = commands()
    # The environment of the tests is what this one makes.
    assert install == "make install && source .venv/bin/activate"
    shop = tmp_path / "shop.csv"
    write_csv(shop)
    assert PLACE in look
    assert re.search(r"users +60\b|\b60 users", called(look.replace(PLACE, str(shop)), project))
    assert PLACE in run
    called(run.replace(PLACE, str(shop)), project)
    assert serve == "python -m stages.serve"
    with serving(project) as service:
        assert "<title>PeaPOD</title>" in httpx.get(f"{service.address}/", timeout=60).text
        found = service.post("/recommend", user="c007", top=5).json()["recommendations"]
        assert len({one["item"] for one in found}) == 5
        history = {one["item"] for one in service.post("/history", user="c007").json()["items"]}
        assert len(history) >= 6
        assert history.isdisjoint(one["item"] for one in found)
        # Ratings alone explain nothing, and the service says so.
        assert "explain" not in httpx.get(f"{service.address}/health", timeout=60).json()["answers"]
        refused = service.post("/explain", user="c007", item="p01")
        assert refused.status_code == 404
        assert "what this model is trained to answer" in refused.json()["detail"][0]["msg"]
