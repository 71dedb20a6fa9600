"""A cluster of two workers in a process of its own: tests connect to it by its address."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tools.closure import ROOT

STARTED = """
import sys
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.engines.start import start_engine
with start_engine(RuntimeConfig(engine="ray", processes=2)):
    import ray
    print(ray.get_runtime_context().gcs_address, flush=True)
    sys.stdin.read()
"""

TOKEN = secrets.token_hex(32)


@contextmanager
def cluster() -> Iterator[str]:
    """Yield the address of a cluster that engine ray started; this process has its token."""
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN"] = TOKEN
    with subprocess.Popen(
        [sys.executable, "-c", STARTED], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
        assert process.wait(60) == 0
