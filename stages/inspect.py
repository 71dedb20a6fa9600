"""Say what a file or folder holds before anything runs: `python -m stages.inspect PATH`."""

from pathlib import Path

import typer

from pipeline.data.config import DatasetConfig
from pipeline.data.inspection import inspection
from pipeline.data.records import DatasetError, Faults
from pipeline.data.source import open_source
from pipeline.params import Section, read_params
from pipeline.runtime.errors import clear_errors


class Params(Section):
    """What this command reads of params.yaml."""

    dataset: DatasetConfig


@clear_errors
def main(raw: Path, root: Path = Path()) -> None:
    """Read RAW as preprocess would with these parameters, and say what it found; nothing is written."""
    config = read_params(Params, root / "params.yaml").dataset
    source = open_source(raw, config.format, iter, table=config.table)
    faults = Faults(raw, stop=False)
    read = source.interactions(faults)
    if not len(read):
        raise DatasetError(f"{raw}: {source.format} without a good record; bad ones: {dict(faults.reasons)}")
    print("\n".join(inspection(source, read, faults, config)))


if __name__ == "__main__":
    typer.run(main)
