"""The code lines of dvc.yaml: `python -m tools.dvc_deps` writes them, `--check` only compares.

DVC doesn't follow Python imports, so each stage lists the files that its command runs and reads
(`tools/closure.py`). Everything else in dvc.yaml is written by hand and stays as it is, byte for byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
import yaml

from pipeline.artifacts import write_text
from pipeline.runtime.errors import clear_errors
from tools.closure import ITEM, OURS, ROOT, closure

UNTRACKED = {
    "stages/__init__.py": "says which environment is missing, before anything runs",
    "stages/checks.py": "refuses to start; a stage that was refused has no outputs",
    "pipeline/runtime/errors.py": "says why a stage failed; one that failed has no outputs",
    "pipeline/runtime/logs.py": "shows lines on stderr",
    "stages/recorded.py": "has the record in runs/provenance written, which no stage depends on",
    "pipeline/runtime/provenance.py": "writes that record",
    "pipeline/report/provenance.py": "makes runs/provenance/index.html of the records, no output of DVC's",
}
"""Code that stages run and no output depends on, with the reason: a change of it reruns nothing.

tests/contracts/test_untracked.py holds that nothing else uses what it returns.
"""


@dataclass(frozen=True)
class Stage:
    """A stage of dvc.yaml: its name, and the code that it depends on as found and as wanted.

    `lines` are the numbers, from 0, of the lines found; new ones stand at `place`, behind `indent` blanks.
    """

    name: str
    found: list[str]
    wanted: list[str]
    lines: list[int]
    place: int
    indent: int


def read_stages(root: Path = ROOT) -> list[Stage]:
    """Return the stages of `root`/dvc.yaml that run code of ours, in its order.

    Raises ValueError naming the stage where the file isn't as expected, or code can't be followed.
    """
    try:
        document = yaml.compose((root / "dvc.yaml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"dvc.yaml: not readable as YAML: {error}") from None
    stages = _fields(_fields(document).get("stages"))
    return [stage for name, node in stages.items() for stage in _stage(root, name, node)]


def stage_names(root: Path = ROOT) -> list[str]:
    """Return the names of the stages of `root`/dvc.yaml in its order, in which each finds what it reads."""
    return list(yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"])


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return a mapping's values by key; none of anything else."""
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _stage(root: Path, name: str, node: yaml.Node) -> Iterator[Stage]:
    """Yield the stage, unless its command runs nothing of ours."""
    fields = _fields(node)
    node = fields.get("do", node)
    body = _fields(node)
    command = _text(body.get("cmd"))
    modules = re.findall(rf"-m\s+((?:{'|'.join(OURS)})\.[\w.]+)", command)
    if not modules:
        return
    files = [root / f"{module.replace('.', '/')}.py" for module in modules]
    if missing := [file for file in files if not file.exists()]:
        raise ValueError(f"dvc.yaml: stage {name}: {missing[0]}: no such file; cmd is {command!r}")
    deps = body.get("deps")
    if not isinstance(deps, yaml.SequenceNode) or deps.flow_style or not deps.value:
        first = files[0].relative_to(root).as_posix()
        raise ValueError(f"dvc.yaml: stage {name}: write `deps:` with a line `- {first}`")
    code = [item for item in deps.value if _text(item).startswith(tuple(f"{folder}/" for folder in OURS))]
    if any(item.start_mark.line != item.end_mark.line for item in code):
        raise ValueError(f"dvc.yaml: stage {name}: write code among `deps:` as a path alone, without options")
    loop = "foreach" in fields and ITEM in command
    yield Stage(
        name=name,
        found=[_text(item) for item in code],
        wanted=tracked(closure(files, root, loop), root),
        lines=[item.start_mark.line for item in code],
        place=next(key.end_mark.line for key, _ in node.value if key.value == "deps") + 1,
        indent=deps.start_mark.column,
    )


def _text(node: yaml.Node | None) -> str:
    """Return a scalar's text; of a list its texts joined by blanks, of a mapping its first key."""
    if isinstance(node, yaml.SequenceNode):
        return " ".join(map(_text, node.value))
    if isinstance(node, yaml.MappingNode):
        return node.value[0][0].value if node.value else ""
    return "" if node is None else node.value


def tracked(files: set[Path], root: Path = ROOT) -> list[str]:
    """Return what of `files` is a dependency, as paths relative to `root`, ascending."""
    names = {file.relative_to(root).as_posix() for file in files}
    return sorted(names - UNTRACKED.keys())


def rewritten(text: str, stages: list[Stage]) -> str:
    """Return dvc.yaml's `text` with each stage's code first among its dependencies."""
    lines = text.splitlines(keepends=True)
    replaced = {line for stage in stages for line in stage.lines}
    code = {stage.place: [f"{' ' * stage.indent}- {path}\n" for path in stage.wanted] for stage in stages}
    made = []
    for number, line in enumerate(lines):
        made += code.get(number, [])
        made += [] if number in replaced else [line]
    return "".join(made)


def differences(stages: list[Stage]) -> list[str]:
    """Say which files each stage lacks and has too many; none where all is as wanted."""
    faults = []
    for stage in stages:
        missing = [f"+{path}" for path in stage.wanted if path not in stage.found]
        surplus = [f"-{path}" for path in stage.found if path not in stage.wanted]
        if missing or surplus:
            faults.append(f"  {stage.name}: {', '.join([*missing, *surplus])}")
    return faults


@clear_errors
def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; 1 where lines differ.")] = False,
    root: Path = Path(),
) -> None:
    """Write each stage's code into dvc.yaml, from what it imports."""
    path = root.resolve() / "dvc.yaml"
    text = path.read_text(encoding="utf-8")
    stages = read_stages(path.parent)
    made = rewritten(text, stages)
    if made == text:
        return
    changes = "\n".join(differences(stages) or ["  another order"])
    if check:
        raise ValueError(f"{path.name}: not what the code imports; run python -m tools.dvc_deps\n{changes}")
    write_text(path, made)
    print(f"{path.name}: written anew\n{changes}")


if __name__ == "__main__":
    typer.run(main)
