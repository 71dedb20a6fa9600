"""What unfinished work is keyed by: parameters, code, inputs and where it is computed.

Work that a killed run left is taken up only by a run that would do exactly the same.
"""

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import torch

from pipeline.params import Section
from pipeline.runtime.device import Runtime


def fingerprint(
    params: Section, inputs: Iterable[Path], runtime: Runtime, modules: Mapping[str, ModuleType]
) -> str:
    """Return 16 hex digits that change with anything that the result of a run depends on.

    Args:
        params: the sections that the stage reads.
        inputs: the files and folders that it reads; one that doesn't exist counts as absent.
        runtime: where it computes.
        modules: `sys.modules`, of which the source of stages and pipeline counts.
    """
    digest = hashlib.sha256()
    sources = (("input", path) for path in inputs)
    for kind, path in (*sources, *(("code", path) for path in _code(modules))):
        for file in _files(path):
            digest.update(f"{kind} {file.as_posix()} {_content(file)}\n".encode())
    where = [runtime.device.type, runtime.autocast, runtime.processes.count, torch.get_num_threads()]
    versions = [platform.machine(), platform.python_version(), torch.__version__]
    digest.update("\n".join(map(str, [*where, *versions, params.model_dump_json()])).encode())
    return digest.hexdigest()[:16]


def _code(modules: Mapping[str, ModuleType]) -> list[Path]:
    """The source of every loaded module of this project, ascending; a stage that runs is `__main__`."""
    files = [
        getattr(module, "__file__", None)
        for name, module in modules.items()
        if name.split(".")[0] in {"pipeline", "stages"} or name == "__main__"
    ]
    return sorted({Path(file) for file in files if file})


def _files(path: Path) -> Iterator[Path]:
    yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _content(file: Path) -> str:
    if not file.exists():
        return "absent"
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
