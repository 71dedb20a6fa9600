"""Kill stages at random moments and compare with an undisturbed run: `make chaos`.

Prints kills, resumes (runs that say that they went on) and differences; ends with exit code 1 where there is
a difference, where nothing was resumed, or where the time was too short for the kills that were asked for.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from pipeline.runtime.publication import finish_publications
from tests.end_to_end.runs import REPOSITORY
from tests.hardening.chaos.processes import Process, forked, load_libraries, started
from tests.hardening.chaos.stages import (
    Stage,
    contents,
    differences,
    make_folder,
    read_stages,
    remove_outputs,
)
from tests.params_files import FILES

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LONGEST = 600.0
"""Seconds after which a stage that wasn't killed counts as hanging."""
WEIGHTS = {"train": 3.0, "generate": 3.0}
"""How often a stage is chosen, others 1: these two go on where they were killed."""


class Chaos:
    """One work folder whose stages are killed, and what its files have to be."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        """Run every stage undisturbed, once."""
        self.rng, self.log = rng, folder / "log"
        self.work = make_folder(folder / "work")
        self.stages = read_stages(self.work)
        self.seconds: dict[str, float] = {}
        self.kills: Counter[str] = Counter()
        self.resumes, self.faults = 0, list[str]()
        for stage in self.stages:
            begin = time.monotonic()
            self.finish(stage, forked(stage, self.work, self.log))
            self.seconds[stage.name] = time.monotonic() - begin
        self.wanted = contents(self.work)

    def finish(self, stage: Stage, process: Process) -> None:
        """Wait until a stage has ended by itself, well."""
        code = process.ended(LONGEST)
        if code is None:
            code = process.kill(signal.SIGKILL)
        if code:
            text = self.log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"{stage.name}: exit code {code}\n{text}")

    def check(self, stage: Stage, when: str, finished: bool) -> None:
        """Compare the work folder, as the next stage would find it, with the undisturbed run."""
        finish_publications(self.work)
        for fault in differences(stage, contents(self.work), self.wanted, finished):
            self.faults.append(f"{stage.name}, {when}: {fault}")

    def kill(self, stage: Stage, process: Process, latest: float) -> bool:
        """Kill a stage at a random moment; False where it ended before."""
        code = process.ended(self.rng.uniform(0.0, latest))
        number = self.rng.choice(SIGNALS)
        if code is None:
            code = process.kill(number)
        if code == 0:
            return False
        if code not in {-number, 128 + number}:
            text = self.log.read_text(encoding="utf-8", errors="replace")
            self.faults.append(f"{stage.name}: exit code {code} on {number.name}\n{text}")
        self.kills[stage.name] += 1
        self.check(stage, f"after {number.name}", finished=False)
        return True

    def round(self, stage: Stage) -> None:
        """Kill a stage one to four times in a row, then let it finish."""
        remove_outputs(self.work, stage)
        for _ in range(self.rng.randint(1, 4)):
            self.kill(stage, forked(stage, self.work, self.log), self.seconds[stage.name])
            if self.rng.random() < 0.5:  # As DVC does; else as someone who runs the module again.
                remove_outputs(self.work, stage)
        self.finish(stage, forked(stage, self.work, self.log))
        self.resumes += "resumed " in self.log.read_text(encoding="utf-8", errors="replace")
        self.check(stage, "finished", finished=True)

    def fresh_process(self, stage: Stage) -> None:
        """Kill a stage that was started by `python -m`, and let it finish so too."""
        remove_outputs(self.work, stage)
        command = [sys.executable, "-m", stage.module, *stage.arguments]
        self.kill(stage, started(command, self.work, self.log), 6.0 + self.seconds[stage.name])
        self.finish(stage, started(command, self.work, self.log))
        self.check(stage, "finished", finished=True)

    def dvc(self, folder: Path) -> None:
        """Kill `dvc repro` and all its children in a copy of the repository, then let it finish."""
        for name in ("pipeline", "stages", "tools"):
            shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for file in (
            REPOSITORY / "dvc.yaml",
            REPOSITORY / ".dvcignore",
            *(self.work / name for name in FILES),
        ):
            shutil.copy(file, folder / file.name)
        everything = Stage("dvc repro", "dvc", [], [out for stage in self.stages for out in stage.outputs])
        dvc = [sys.executable, "-m", "dvc"]
        self.finish(everything, started([*dvc, "init", "--no-scm", "--quiet"], folder, self.log))
        process = started([*dvc, "repro"], folder, self.log)
        if process.ended(self.rng.uniform(5.0, 40.0)) is None:
            process.kill(signal.SIGKILL, group=True)
            self.kills[everything.name] += 1
        self.finish(everything, started([*dvc, "repro"], folder, self.log))
        made = {name: data for name, data in contents(folder).items() if name in self.wanted}
        self.faults += differences(everything, made, self.wanted, finished=True)


def run(folder: Path, options: argparse.Namespace) -> Chaos:
    """Kill until there are enough kills, or the time is up."""
    until = time.monotonic() + options.seconds
    load_libraries()
    chaos = Chaos(folder, random.Random(options.seed))
    for stage in chaos.rng.sample(chaos.stages, options.processes):
        chaos.fresh_process(stage)
    for number in range(options.dvc):
        chaos.dvc(folder / f"dvc{number}")
    each = chaos.stages.copy()  # Every stage once, then by weight.
    weights = [WEIGHTS.get(stage.name, 1.0) for stage in chaos.stages]
    while time.monotonic() < until and (each or chaos.kills.total() < options.kills):
        chaos.round(each.pop() if each else chaos.rng.choices(chaos.stages, weights)[0])
    return chaos


def main() -> int:
    """Run, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=900.0, help="when to stop at the latest")
    parser.add_argument("--kills", type=int, default=200, help="how many kills to make")
    parser.add_argument("--seed", type=int, default=0, help="of moments, stages and signals")
    parser.add_argument("--processes", type=int, default=4, help="kills of `python -m`, among them")
    parser.add_argument("--dvc", type=int, default=1, help="kills of `dvc repro` among them")
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        chaos = run(Path(folder), options)
    for name, count in sorted(chaos.kills.items()):
        print(f"{name:24} {count:4} kills")
    for fault in chaos.faults:
        print(f"difference: {fault}")
    print(
        f"{chaos.kills.total()} kills, {chaos.resumes} resumes, {len(chaos.faults)} differences "
        f"in {time.monotonic() - begin:.0f} s (seed {options.seed})"
    )
    return int(bool(chaos.faults) or chaos.kills.total() < options.kills or _never_resumed(chaos))


def _never_resumed(chaos: Chaos) -> bool:
    """Whether so many kills of stages that resume left nothing to resume from: then they don't."""
    enough = sum(chaos.kills[name] for name in WEIGHTS) >= 40
    if enough and not chaos.resumes:
        print("train and generate never went on where they were killed")
    return enough and not chaos.resumes


if __name__ == "__main__":
    sys.exit(main())
