"""Stop every stage at every one of its writes, and print what each leaves.

`python -m tests.hardening.chaos.stops FOLDER`. Outputs of a former run are in place. At each write of a stage
to its folders (a file opened for writing, or something renamed) the run stops in three ways: SIGKILL, which
leaves the folder as it is at that moment; a full disk; SIGTERM. The latter two
happen in a fork, in a copy of the folder: one run of a stage is enough.
"""

import errno
import hashlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from pipeline.runtime.publication import JOURNALS, finish_publications
from tests.hardening.chaos.processes import forked, load_libraries
from tests.hardening.chaos.stages import Stage, contents, make_folder, read_stages

FOLDERS = ("data", "models", "predictions", "metrics", "report", JOURNALS.as_posix())
FORMER = b"of a former run"
COPY = "copy"
LONGEST = 600.0
"""Seconds after which a stage counts as hanging."""


def written(event: str, arguments: tuple[Any, ...]) -> list[str]:
    """The paths that an audit event of Python writes to."""
    if event == "open":
        path, _, flags = arguments
        return [os.fspath(path)] if not isinstance(path, int) and flags & (os.O_WRONLY | os.O_RDWR) else []
    return [os.fspath(path) for path in arguments[:2]] if event == "os.rename" else []


def state(folder: Path, stage: Stage) -> dict[str, str]:
    """What each output of a stage is: a digest of its files; outputs that aren't there are left out."""
    found = contents(folder)
    digests: dict[str, Any] = {}
    for name, data in found.items():
        output = next((out for out in stage.outputs if name == out or name.startswith(f"{out}/")), None)
        if output:
            digest = digests.setdefault(output, hashlib.md5())
            digest.update(name.encode() + data)
    return {output: digest.hexdigest() for output, digest in digests.items()}


def place_former(folder: Path, stage: Stage) -> None:
    """Put something in the place of each output, a file or a folder as the stage writes it."""
    for output in stage.outputs:
        path = folder / output if "." in Path(output).name else folder / output / "file"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FORMER)


def fill_disk() -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def terminate() -> None:
    """Get SIGTERM."""
    os.kill(os.getpid(), signal.SIGTERM)


class Stopper:
    """An audit hook that stops a stage, in a copy of its folder, at each of its writes."""

    def __init__(self, stage: Stage, work: Path, results: Path) -> None:
        """Take the stage, the folder that it runs in, and the file that gets a line for each stop."""
        self.stage, self.work, self.results, self.armed = stage, work, results, True

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Stop where `event` is a write of the stage."""
        paths = written(event, arguments) if self.armed else []
        if not any(path.startswith(FOLDERS) for path in paths):
            return
        self.armed = False
        copy = self.copy()
        finish_publications(copy)
        self.note("SIGKILL", event, paths, copy)
        for how, stop in (("full disk", fill_disk), ("SIGTERM", terminate)):
            copy = self.copy()
            if not self.fork():
                os.chdir(copy)
                stop()
                return  # SIGTERM may have to wait.
            self.note(how, event, paths, copy)
        self.armed = True

    def copy(self) -> Path:
        """Return a fresh copy of the work folder."""
        copy = self.work.with_name(COPY)
        shutil.rmtree(copy, ignore_errors=True)
        unfinished = shutil.ignore_patterns("train", "generate")
        shutil.copytree(self.work, copy, copy_function=_copy, ignore=unfinished)
        return copy

    def fork(self) -> int:
        """Return 0 in a fork, its number in this process when the fork has ended."""
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
        return pid

    def note(self, how: str, event: str, paths: list[str], copy: Path) -> None:
        """Add a line: how and where the stage was stopped, and the state of its outputs."""
        line = {"how": how, "where": f"{event} {paths[-1]}", "state": state(copy, self.stage)}
        with self.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _copy(source: str, target: str) -> None:
    # A link is enough for what nobody writes to or locks any more.
    held = ".tmp" in source or JOURNALS.as_posix() in source
    (shutil.copy2 if held else os.link)(source, target)


def stopped(stage: Stage, work: Path) -> dict[str, Any]:
    """Run a stage, stopped at each of its writes; return the states it left, before and after among them."""
    place_former(work, stage)
    results = work.with_name(f"{stage.name}.jsonl")
    before = state(work, stage)
    log = work.with_name("log")
    process = forked(stage, work, log, lambda: sys.addaudithook(Stopper(stage, work, results)))
    if code := process.ended(LONGEST):
        text = log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{stage.name}: exit code {code}\n{text}")
    stops = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    return {"stage": stage.name, "before": before, "after": state(work, stage), "stops": stops}


def main() -> None:
    """Print a line of JSON for each stage of dvc.yaml."""
    load_libraries()
    work = make_folder(Path(sys.argv[1]) / "work")
    for stage in read_stages(work):
        print(json.dumps(stopped(stage, work)), flush=True)


if __name__ == "__main__":
    main()
