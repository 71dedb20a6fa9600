"""What stages really load and open: `python -m tests.contracts.loaded COMMAND...` prints it as JSON.

Each command, as `stages.baseline ease`, runs in the working folder as `python -m` would run it. It starts
without any module of ours; the libraries stay, as they take seconds.
"""

import json
import os
import runpy
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from tools.closure import OURS, ROOT

OPENED: list[Path] = []


def note(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what Python opens, whoever asks for it; for `sys.addaudithook`."""
    if event == "open" and isinstance(arguments[0], str | bytes):
        OPENED.append(Path(os.fsdecode(arguments[0])))


def ours() -> list[str]:
    """The modules of pipeline/ and stages/ that are loaded by now."""
    return [name for name in sys.modules if name.split(".")[0] in OURS]


def loaded_by(command: str) -> list[str]:
    """Run a stage and return the files of `OURS` that it loaded or opened, relative to the repository."""
    for module in ours():
        del sys.modules[module]
    OPENED.clear()
    name, *arguments = command.split()
    sys.argv = [name, *arguments]
    # All parameters are checked by a process of its own, of which nothing is loaded here; these are too few.
    import_module("stages.recorded").check = lambda *_, **__: None  # type: ignore[attr-defined]
    try:
        runpy.run_module(name, run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
    paths = [Path(str(sys.modules[module].__file__)) for module in ours()]
    files = {path.resolve() for path in (*paths, *OPENED)}
    names = {file.relative_to(ROOT).as_posix() for file in files if file.is_relative_to(ROOT)}
    return sorted(one for one in names if one.split("/")[0] in OURS and "/__pycache__/" not in one)


if __name__ == "__main__":
    commands = sys.argv[1:]
    sys.addaudithook(note)
    found = {command: loaded_by(command) for command in commands}
    print(json.dumps(found))
