"""A stage in a process of its own: forked from one that has the libraries loaded, or started anew."""

import importlib
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.runs import REPOSITORY
from tests.hardening.chaos.stages import Stage

SLOW_IMPORTS = (
    "torch",
    "transformers",
    "transformers.models.t5.modeling_t5",
    "cornac.models",
    "pyarrow.parquet",
    "pyarrow.compute",
    "safetensors.torch",
    "sentencepiece",
    "scipy.stats",
    "typer",
    "tqdm",
    "pydantic",
    "jinja2",
)
"""What takes seconds to import; the project's own modules are imported by each child anew."""


class Process:
    """A running stage."""

    def __init__(self, pid: int) -> None:
        """Take the process id, which is that of its group too."""
        self.pid = pid

    def ended(self, seconds: float) -> int | None:
        """Wait at most `seconds` and return the exit code (-N for signal N), None while it runs."""
        until = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= until:
                return None
            time.sleep(min(0.002, max(0.0, until - time.monotonic())))

    def kill(self, number: signal.Signals, group: bool = False) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        (os.killpg if group else os.kill)(self.pid, number)
        code = self.ended(120)
        if code is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.ended(10)
            raise TimeoutError(f"process {self.pid} lived on for 120 s after {number.name}")
        return code


def load_libraries() -> None:
    """Import what is slow to import, once for all children; none of it starts threads here."""
    for name in SLOW_IMPORTS:
        importlib.import_module(name)


def forked(stage: Stage, folder: Path, log: Path, prepare: Callable[[], None] | None = None) -> Process:
    """Start a stage in a child of this process, as `python -m` would; `prepare` runs there right before."""
    pid = os.fork()
    if pid:
        return Process(pid)
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _redirect(log)
        os.chdir(folder)
        sys.argv = [stage.module, *stage.arguments]
        if prepare is not None:
            prepare()
        runpy.run_module(stage.module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)


def started(command: list[str], folder: Path, log: Path) -> Process:
    """Start a command from nothing, in a folder, with the repository's modules and Python first in line."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "PATH": path, "DVC_NO_ANALYTICS": "1"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=file, stderr=file, start_new_session=True
        )
    return Process(process.pid)
