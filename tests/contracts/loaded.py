"""What runs of a stage really load: `python -m tests.contracts.loaded STAGE ROOT NAME...` prints it as JSON.

Each run of `stages.STAGE NAME` starts without any module of ours; the libraries stay, as they take seconds.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

from tools.closure import ROOT


def ours() -> list[str]:
    """The modules of pipeline/ and stages/ that are loaded by now."""
    return [name for name in sys.modules if name.split(".")[0] in {"pipeline", "stages"}]


def loaded_by(stage: str, name: str, root: Path) -> list[str]:
    """Run a stage and return the files that it loaded, relative to the repository."""
    for module in ours():
        del sys.modules[module]
    import_module(f"stages.{stage}").main(name, root=root)
    files = (Path(str(sys.modules[module].__file__)) for module in ours())
    return sorted(file.relative_to(ROOT).as_posix() for file in files)


if __name__ == "__main__":
    stage, root, *names = sys.argv[1:]
    print(json.dumps({name: loaded_by(stage, name, Path(root)) for name in names}))
