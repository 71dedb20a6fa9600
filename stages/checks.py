"""What is refused before a stage does any work."""

import os
import subprocess
import sys
from pathlib import Path

from pipeline.runtime.provenance import is_shallow


def check_kept(root: Path, here: Path) -> None:
    """Raise ValueError where `here` is an experiment's copy of the repository `root`, a shallow clone.

    DVC would lose what it makes, and says nothing: `dvc exp run --temp` and the queue end well.
    """
    if root / ".dvc/tmp/exps" in here.parents and is_shallow(root):
        raise ValueError(
            f"{root} is a shallow clone, in which DVC loses what an experiment in a copy makes: "
            "git fetch --unshallow (in GitHub Actions: actions/checkout with fetch-depth: 0)"
        )


def check(root: Path, counted: bool, explained: bool) -> None:
    """End with exit code 1, and every fault on stderr, where params.yaml below `root` can't work.

    `counted` and `explained`: metrics/dataset.json and metrics/explanations.json are of the data that it has
    to fit. A process of its own judges it: imported here, `check_params` would make every stage depend on
    every section.
    """
    if not (root / "params.yaml").is_file():
        return  # The stage says so itself.
    command = [sys.executable, "-m", "tools.check_params", "--root", str(root)]
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        command + ["--counted"] * counted + ["--explained"] * explained,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise SystemExit(1)
