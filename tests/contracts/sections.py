"""The sections of params.yaml that a stage reads, from its syntax tree."""

import ast
from pathlib import Path

from tools.closure import ROOT, tree


def param_sections(stage: str, root: Path = ROOT) -> list[str]:
    """Return the top-level sections of params.yaml that a stage reads: the fields of its class `Params`.

    Raises ValueError where a module calls `read_params` with anything else.
    """
    module = tree(root / "stages" / f"{stage}.py")
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    for call in calls:
        if getattr(call.func, "id", "") == "read_params" and getattr(call.args[0], "id", "") != "Params":
            raise ValueError(f"stages/{stage}.py: line {call.lineno}: read_params wants this module's Params")
    classes = [node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Params"]
    fields = [field for node in classes for field in node.body if isinstance(field, ast.AnnAssign)]
    return sorted(field.target.id for field in fields if isinstance(field.target, ast.Name))
