"""A stage that runs as several processes: it starts them itself, under torch.distributed.run."""

import os
import subprocess
import sys

from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import Runtime, choose_runtime


def start(module: str, config: RuntimeConfig) -> Runtime:
    """Where `config` asks for processes that don't run yet, start them, wait, and end with their exit code.

    `module` is the stage's, run again with the same arguments. Returns the runtime in each of the started
    processes, and where there is nothing to start.
    """
    if config.launcher == "none" or config.processes == 1 or "WORLD_SIZE" in os.environ:
        return choose_runtime(config)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    workers = [f"--nproc-per-node={config.processes}", "-m", module, *sys.argv[1:]]
    raise SystemExit(subprocess.run([*torchrun, *workers], check=False).returncode)
