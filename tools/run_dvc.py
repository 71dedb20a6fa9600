"""DVC as a user would run it from an activated environment."""

import os
import subprocess
import sys
from pathlib import Path


def run_dvc(*arguments: str, **environment: str) -> int:
    """Run `dvc ARGUMENTS` with this Python, and with more of an environment; return its exit code."""
    # The commands of dvc.yaml say `python`: it has to be this one, in an activated environment or not.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", "dvc", *arguments]
    return subprocess.run(command, env=os.environ | {"PATH": path} | environment).returncode
