"""DVC as a user would run it from an activated environment."""

import os
import subprocess
import sys
from pathlib import Path


def run_dvc(*arguments: str) -> int:
    """Run `dvc ARGUMENTS` with this Python and return its exit code."""
    # The commands of dvc.yaml say `python`: it has to be this one, in an activated environment or not.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], env=os.environ | {"PATH": path}
    ).returncode
