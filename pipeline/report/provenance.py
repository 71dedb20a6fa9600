"""The records of the stages as one page: who ran what, when, where, on which code."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.artifacts import read_json, write_text
from pipeline.report.page import template
from pipeline.runtime.provenance import FOLDER

HEAD = ("Stage", "Started", "Seconds", "Peak memory", "A second", "Commit", "Parameters (MD5)", "Machine")


def write_provenance(root: Path, title: str) -> None:
    """Write index.html beside the records of the run in `root`, if there are any; what they hold is escaped.

    Not beside the report: git and DVC ignore this folder, since no two runs give the same.
    """
    folder = root / FOLDER
    documents = [read_json(path) for path in sorted(folder.glob("*.json"))]
    records = sorted(map(_mapping, documents), key=lambda record: str(record.get("started")))
    if records:
        rows = [record_row(record) for record in records]
        versions = version_lines(records)
        page = template("provenance.html.j2").render(title=title, head=HEAD, rows=rows, versions=versions)
        write_text(folder / "index.html", page)


def record_row(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return one stage's record as cells in the order of HEAD; what it lacks is a dash."""
    machine = _mapping(record.get("machine"))
    memory = record.get("peak_memory_bytes")
    seconds = record.get("seconds")
    speeds = [
        f"{_mapping(speed).get('per_second')} {name}"
        for name, speed in _mapping(record.get("throughput")).items()
    ]
    cells = (
        record.get("stage"),
        record.get("started"),
        f"{seconds:.1f}" if isinstance(seconds, int | float) else None,
        f"{memory / 2**20:,.0f} MiB" if isinstance(memory, int | float) else None,
        ", ".join(speeds),
        _commit(record),
        str(record.get("params.yaml_md5") or "")[:12],
        ", ".join(str(machine[key]) for key in ("host", "processor", "gpu") if machine.get(key)),
    )
    return tuple(str(cell) if cell else "–" for cell in cells)


def version_lines(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return each set of library versions that a record has, with its stages where there are several."""
    stages: dict[str, list[str]] = {}
    for record in records:
        versions = _mapping(record.get("libraries"))
        text = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
        stages.setdefault(text, []).append(str(record.get("stage")))
    several = len(stages) > 1
    return [f"{text} ({', '.join(names)})" if several else text for text, names in stages.items()]


def _commit(record: Mapping[str, Any]) -> str:
    commit = str(record.get("commit") or "")[:12]
    changed = record.get("changed")
    if not record.get("dirty") or not isinstance(changed, list):
        return commit
    return f"{commit}, changed: {', '.join(map(str, changed))}"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
