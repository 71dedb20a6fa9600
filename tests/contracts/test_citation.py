"""CITATION.cff, LICENSE and pyproject.toml say the same of the project."""

import tomllib

import yaml

from tests.end_to_end.runs import REPOSITORY


def test_version_and_licence_are_told_once() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (REPOSITORY / "LICENSE").read_text()
