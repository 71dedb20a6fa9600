"""Anything that a result depends on changes the fingerprint, and nothing else does."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from pipeline.params import Section
from pipeline.runtime.device import Runtime
from pipeline.runtime.fingerprint import fingerprint


class Params(Section):
    seed: int


def module(name: str, path: Path) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = str(path)
    return made


class World:
    """A run's parameters, inputs, code and machine."""

    def __init__(self, folder: Path) -> None:
        self.params, self.runtime = Params(seed=1), Runtime(torch.device("cpu"), None)
        self.folder = folder
        for name in ("table", "tokens/a", "code.py", "other.py"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(name)

    def print(self) -> str:
        modules = {"pipeline.code": module("pipeline.code", self.folder / "code.py")}
        modules["elsewhere"] = module("elsewhere", self.folder / "other.py")
        inputs = [self.folder / "table", self.folder / "tokens"]
        return fingerprint(self.params, inputs, self.runtime, modules)

    def write(self, name: str) -> None:
        (self.folder / name).write_text("changed")


CHANGES: dict[str, Callable[[World], object]] = {
    "params": lambda world: setattr(world, "params", Params(seed=2)),
    "input": lambda world: world.write("table"),
    "file of a folder": lambda world: world.write("tokens/a"),
    "new file of a folder": lambda world: world.write("tokens/b"),
    "absent input": lambda world: (world.folder / "table").unlink(),
    "code": lambda world: world.write("code.py"),
    "precision": lambda world: setattr(world, "runtime", Runtime(torch.device("cpu"), torch.bfloat16)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_result_depends_on_changes_it(tmp_path: Path, change: Callable[[World], object]) -> None:
    world = World(tmp_path)
    before = world.print()
    assert before == world.print() == World(tmp_path).print()
    change(world)
    assert world.print() != before


def test_other_code_and_other_files_do_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    before = world.print()
    world.write("other.py")
    world.write("more")
    assert world.print() == before
    assert len(before) == 16


def test_more_threads_change_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    before = world.print()
    monkeypatch.setattr(torch, "get_num_threads", lambda: 64)
    assert world.print() != before
