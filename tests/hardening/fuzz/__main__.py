"""Fuzz every reader for a bounded time, 1 on findings: `python -m tests.hardening.fuzz --seconds 10`."""

import argparse
import importlib.util
import json
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

KEPT = Path("runs/fuzz")
MEMORY = 6 * 2**30
"""Bytes of address space of a fuzzer; what its libraries reserve at their import included."""


def main() -> int:
    """Run the fuzzers one by one and print executions and findings of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="time of each fuzzer")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations")
    parser.add_argument("--only", help="one fuzzer by name")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        if options.child:
            print(json.dumps(_child(Path(folder), options.only, options.seconds, options.seed)))
            return 0
        return _all(Path(folder), options.only, options.seconds, options.seed)


def _child(folder: Path, name: str, seconds: float, seed: int) -> dict[str, Any]:
    import resource

    from tests.hardening.fuzz.loop import fuzz
    from tests.hardening.fuzz.targets import targets

    # An input that makes a reader take more than this ends in MemoryError, a finding.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    work = folder / "inputs"
    work.mkdir()
    target = targets(folder)[name]
    return fuzz(target, work, KEPT / name.replace(" ", "_"), seconds, random.Random(f"{seed} {name}"))


def _all(folder: Path, only: str | None, seconds: float, seed: int) -> int:
    from tests.hardening.fuzz.targets import targets

    names = [only] if only else list(targets(folder))
    results = {name: _in_process(name, seconds, seed) for name in names}
    if not only:
        results["raw line (atheris)"] = _atheris(seconds, seed)
    print(f"{'fuzzer':28}{'executions':>12}{'findings':>10}")
    for name, result in results.items():
        print(f"{name:28}{result['executions']:>12,}{len(result['findings']):>10}{result.get('note', '')}")
    found = [(name, finding) for name, result in results.items() for finding in result["findings"]]
    for name, finding in found:
        print(f"{name}: {finding}")
    executions = sum(result["executions"] for result in results.values())
    print(f"{executions:,} executions, {len(found)} findings" + (f"; inputs in {KEPT}" if found else ""))
    return 1 if found else 0


def _in_process(name: str, seconds: float, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.hardening.fuzz", "--child", "--only", name]
    command += ["--seconds", str(seconds), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing said"])[-1]
        return {"executions": 0, "findings": [f"the process ended with {done.returncode}: {last}"]}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _atheris(seconds: float, seed: int) -> dict[str, Any]:
    if importlib.util.find_spec("atheris") is None:
        return {"executions": 0, "findings": [], "note": "  not run: no atheris for this platform"}
    command = [sys.executable, "-m", "tests.hardening.fuzz.raw_line"]
    command += [f"-max_total_time={max(1, round(seconds))}"]
    KEPT.mkdir(parents=True, exist_ok=True)
    command += [f"-seed={seed + 1}", "-max_len=4096", f"-artifact_prefix={KEPT}/", "-timeout=20"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    runs = re.findall(r"^#(\d+)", done.stderr, re.MULTILINE)
    findings = []
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "Error" in line or "ERROR" in line]
        findings = [f"libFuzzer ended with {done.returncode}: {(said or ['nothing said'])[0]}"]
    return {"executions": int(runs[-1]) if runs else 0, "findings": findings}


if __name__ == "__main__":
    sys.exit(main())
