"""One fuzzer's loop, in a process of its own: a crash or a hang is a finding of that fuzzer alone."""

import hashlib
import random
import signal
import time
import traceback
from pathlib import Path
from typing import Any

from tests.hardening.fuzz.mutations import mutated, repacked
from tests.hardening.fuzz.targets import CLEAR, Target

LONGEST = 20
"""Seconds that one input may take."""
MOST_FINDINGS = 20


def fault_of(target: Target, path: Path) -> str | None:
    """Read one file; return what is wrong with how the reader took it, None if nothing is."""
    try:
        target.read(path)
    except CLEAR as error:
        message = str(error)
        named = path.parent.name in message or "dataset." in message
        return None if named else f"the message names neither file nor parameter: {message[:200]}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {str(error)[:200]}"
    return None


def _too_long(*_: Any) -> None:
    raise TimeoutError(f"more than {LONGEST} s")


def fuzz(target: Target, folder: Path, keep: Path, seconds: float, rng: random.Random) -> dict[str, Any]:
    """Feed mutated files for `seconds`; return executions and findings, each kept as a file in `keep`."""
    signal.signal(signal.SIGALRM, _too_long)
    for name, content in target.others:
        (folder / name).write_bytes(content)
    path = folder / target.file
    executions, findings = 0, {}
    end = time.monotonic() + seconds
    while (time.monotonic() < end or not executions) and len(findings) < MOST_FINDINGS:
        content = rng.choice(target.seeds)
        # The first executions are the seeds themselves.
        if executions >= len(target.seeds):
            content = mutated(content, rng)
            content = repacked(content, rng) if target.packed else content
        path.write_bytes(content)
        signal.alarm(LONGEST)
        fault = fault_of(target, path)
        signal.alarm(0)
        executions += 1
        # One input for each kind of fault.
        if fault and fault.split(": ")[0] not in findings:
            findings[fault.split(": ")[0]] = fault
            keep.mkdir(parents=True, exist_ok=True)
            (keep / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    return {"executions": executions, "findings": list(findings.values())}
