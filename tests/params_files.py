"""The repository's parameters, changed and written elsewhere."""

from pathlib import Path
from typing import Any

import yaml

from experiments.presets import change as change
from pipeline.params import load_params
from stages.parameters import FILES, all_parameters, file_of

REPOSITORY = Path(__file__).resolve().parents[1]


def repository_params() -> dict[str, Any]:
    """Return all parameters of the repository: those of its two files, and the defaults of the others."""
    return all_parameters(REPOSITORY / "params.yaml")


def read_params_files(folder: Path) -> dict[str, Any]:
    """Return what stands in a folder's two files."""
    return load_params(folder / "params.yaml")


def write_params_files(folder: Path, document: dict[str, Any]) -> Path:
    """Write each section into its file and return the path of params.yaml; without a section no file."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        sections = {name: value for name, value in document.items() if file_of(name) == file}
        if sections:
            (folder / file).write_text(yaml.safe_dump(sections), encoding="utf-8")
    return folder / "params.yaml"
