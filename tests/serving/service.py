"""A service as people start it: a process of its own."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.end_to_end.runs import REPOSITORY


class Service:
    """A running service.

    Attributes:
        process: that it runs in.
        address: where it answers.
        lines: what it has written to stderr.
    """

    def __init__(self, process: "subprocess.Popen[str]", address: str, lines: list[str]) -> None:
        self.process = process
        self.address = address
        self.lines = lines

    def post(self, path: str, **body: object) -> httpx.Response:
        """Ask."""
        return httpx.post(f"{self.address}{path}", json=body, timeout=60)

    def end(self, signal: int) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(signal)
        return self.process.wait(60)


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Service]:
    """Serve the bundle or workspace `folder` on any free port; killed in the end."""
    variables = {"PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-u", "-m", "stages.serve", str(folder), "--port", "0", *options]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=variables | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        lines: list[str] = []
        assert process.stdout is not None
        assert process.stderr is not None
        reader = threading.Thread(target=lines.extend, args=(process.stderr,))
        reader.start()
        try:
            first = process.stdout.readline()
            found = re.search(r"serving at (http://\S+)/ ", first)
            if found is None:
                process.wait(60)
                reader.join()
                raise RuntimeError("".join([first, *lines]))
            yield Service(process, found[1], lines)
        finally:
            process.kill()
            process.wait(60)
            reader.join()
