"""Say what a file or folder holds before anything runs: `python -m stages.inspect PATH`."""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from pipeline.data.config import DatasetConfig
from pipeline.data.inspection import inspection
from pipeline.data.records import DatasetError, Faults
from pipeline.data.source import open_source
from pipeline.params import ParamsError, Section, load_params, parse_params
from pipeline.runtime.errors import clear_errors


class Params(Section):
    """What this command reads of params.yaml."""

    dataset: DatasetConfig


@clear_errors
def main(
    raw: Path,
    settings: Annotated[
        list[str] | None,
        typer.Option("-S", help="KEY=VALUE in place of params.yaml's, as dvc exp run has it."),
    ] = None,
    root: Path = Path(),
) -> None:
    """Read RAW as preprocess would with these parameters, and say what it found; nothing is written."""
    path = root / "params.yaml"
    document = changed(load_params(path), settings or ())
    config = parse_params(Params, document, path).dataset
    source = open_source(raw, config.format, iter, table=config.table)
    faults = Faults(raw, stop=False)
    read = source.interactions(faults)
    if not len(read):
        raise DatasetError(f"{raw}: {source.format} without a good record; bad ones: {dict(faults.reasons)}")
    print("\n".join(inspection(source, read, faults, config)))


def changed(document: dict[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """Return a document with settings KEY=VALUE in it, as `dvc exp run -S` takes them: ++KEY=VALUE, too.

    Raises ParamsError for what is none.
    """
    found = copy.deepcopy(document)
    for setting in settings:
        key, equals, value = setting.removeprefix("++").partition("=")
        *parents, last = key.split(".")
        section = found
        for parent in parents:
            section = section.setdefault(parent, {}) if isinstance(section, dict) else None
        if not (equals and last and isinstance(section, dict)):
            raise ParamsError(f"-S {setting}: KEY=VALUE wanted, as dataset.format=table")
        section[last] = yaml.safe_load(value)
    return found


if __name__ == "__main__":
    typer.run(main)
