"""What every benchmark says beside its figures: the machine, memory, and one JSON object."""

import json
import os
import platform
import re
import resource
import shlex
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

_RESET = Path("/proc/self/clear_refs")
_ABSOLUTE = re.compile(r"^(--?[\w-]+=)?(?:/|~|[A-Za-z]:[\\/]).*?([^/\\]*)[/\\]*$")
_STATUS = Path("/proc/self/status")


def machine() -> str:
    """Processor, cores, Python and torch in words."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    name = model or platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {version('torch')}"


def peak_memory() -> int:
    """Return the most resident memory of this process, bytes, since its start or the last `forget_peak`."""
    if _STATUS.exists():
        lines = _STATUS.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def forget_peak() -> None:
    """Let `peak_memory` count from now on, where the system can (Linux)."""
    if _RESET.exists():
        _RESET.write_text("5", encoding="ascii")


def printed(result: dict[str, Any], text: str, json_only: bool) -> None:
    """Print the result and the command that made it as one JSON object and nothing else, or as text."""
    command = command_line(["python", *sys.orig_argv[1:]])
    print(json.dumps({"command": command, **result}) if json_only else text)


def command_line(words: list[str]) -> str:
    """Return a command as a page shows it: of absolute paths, which are this machine's, the name alone."""
    return shlex.join(_ABSOLUTE.sub(r"\1PATH/TO/\2", word) for word in words)
