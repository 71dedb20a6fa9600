"""Where a stage's outputs come from: code, parameters, data, libraries, machine, time and memory.

All of it goes to a side file that git and DVC ignore: it differs from run to run, outputs must not.
"""

import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.artifacts import file_md5, write_json

FOLDER = Path("runs/provenance")
KEPT = "PEAPOD_RECORDS"
"""Environment variable that names a folder for every record, too: copies of experiments don't last."""
LIBRARIES = ("cornac", "numpy", "pyarrow", "scikit-learn", "sentencepiece", "torch", "transformers")


@contextmanager
def recording(
    folder: Path, name: str, code: Sequence[str], hashed: Sequence[str]
) -> Iterator[dict[str, int]]:
    """Write FOLDER/NAME.json below `folder` when the body ends well; an earlier record goes at once.

    Yields an empty mapping: what the body counts there (`reviews`, say) is recorded with its number a second.

    Args:
        folder: where the stage runs, in a git repository or not.
        name: of the stage.
        code: files and folders that are compared with the commit.
        hashed: files whose MD5 is recorded.
    """
    path = folder / FOLDER / f"{name}.json"
    if path.exists():  # A read-only disk refuses to remove even what isn't there.
        path.unlink()
    unfinished = folder / "runs" / name
    found = unfinished.is_dir() and any(unfinished.iterdir())
    state = code_state(folder, code)
    started = datetime.now(UTC)
    begin = time.perf_counter()
    counts: dict[str, int] = {}
    yield counts
    seconds = time.perf_counter() - begin
    record = {
        "stage": name,
        **state,
        **{f"{file}_md5": file_md5(folder / file) for file in hashed},
        "libraries": libraries(),
        "machine": machine(),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        **peak_memory(),
        "throughput": throughput(counts, seconds),
        "unfinished_work_found": found,
    }
    write_json(path, record)
    if os.environ.get(KEPT):
        write_json(Path(os.environ[KEPT]) / path.name, record)


def code_state(folder: Path, code: Sequence[str]) -> dict[str, Any]:
    """Return the commit that is checked out, and which files of `code` differ from it; None without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--", *code)
    files = sorted(line[3:] for line in (changed or "").splitlines())
    return {
        "commit": commit.strip() if commit else None,
        "dirty": None if changed is None else bool(files),
        "changed": files,
    }


def is_shallow(folder: Path) -> bool:
    """Return whether `folder` is in a clone without its whole history; False without git."""
    return (_git(folder, "rev-parse", "--is-shallow-repository") or "").strip() == "true"


def _git(folder: Path, *arguments: str) -> str | None:
    # No lock: the stage only looks, and others may work in the same repository.
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def libraries() -> dict[str, str]:
    """Return the versions of Python and of the libraries that figures depend on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """Return host, system, processor, cores and memory in bytes, and the GPU where torch has one in use."""
    found = {
        "host": platform.node(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": _memory(),
    }
    torch = _torch_on_cuda()
    return found if torch is None else {**found, "gpu": torch.cuda.get_device_name()}


def peak_memory() -> dict[str, int]:
    """Return the most memory, in bytes, that the stage's largest process and the GPU had in use."""
    try:
        import resource
    except ImportError:  # Windows.
        return {}
    # A child's number is never below what its parent had when it began, which the maximum takes care of.
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found = {"peak_memory_bytes": most if sys.platform == "darwin" else most * 1024}
    torch = _torch_on_cuda()
    return found if torch is None else {**found, "peak_gpu_memory_bytes": torch.cuda.max_memory_allocated()}


def throughput(counts: Mapping[str, int], seconds: float) -> dict[str, dict[str, float]]:
    """Return each count, and how many a second that is over the whole stage."""
    return {
        name: {"count": count, "per_second": round(count / max(seconds, 1e-9), 3)}
        for name, count in counts.items()
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _memory() -> int | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _torch_on_cuda() -> Any:
    # Only where the stage has it loaded and CUDA set up: a look must not cost what the stage saves.
    torch = sys.modules.get("torch")
    return torch if torch is not None and torch.cuda.is_initialized() else None
