"""Fetch raw data or a model's files: `python -m tools.download [PATH]...`, sizes and checksums verified."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from pydantic import field_validator

from pipeline.downloads import LARGEST_FILE, Download, DownloadError, download
from pipeline.params import Section, read_params
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.logs import log_to_stderr


class Listed(Section):
    """A list of downloads."""

    files: list[Download]

    @field_validator("files")
    @classmethod
    def _one_a_path(cls, files: list[Download]) -> list[Download]:
        twice = [path for path, number in Counter(file.path for file in files).items() if number > 1]
        if twice:
            raise ValueError(f"each path once wanted, twice there: {', '.join(twice)}")
        return files


@clear_errors
def main(
    paths: Annotated[list[str] | None, typer.Argument(help="Of the list, by their paths; else all.")] = None,
    listed: Annotated[Path, typer.Option("--list", help="What there is, with sizes and checksums.")] = Path(
        "data/downloads.yaml"
    ),
    into: Annotated[Path, typer.Option(help="The folder that the paths of the list start from.")] = Path(
        "data/raw"
    ),
) -> None:
    """Download files; what broke off goes on, what is there and right is left as it is."""
    log_to_stderr()
    for wanted in _chosen(read_params(Listed, listed, LARGEST_FILE).files, paths, listed):
        print(f"{download(wanted, into)}: {wanted.size} bytes, SHA-256 {wanted.sha256}", flush=True)


def _chosen(files: list[Download], paths: list[str] | None, listed: Path) -> list[Download]:
    known = {file.path: file for file in files}
    if unknown := [path for path in paths or [] if path not in known]:
        raise DownloadError(f"{listed}: no {', '.join(unknown)}; there are {', '.join(known) or 'none'}")
    return [known[path] for path in paths] if paths else files


if __name__ == "__main__":
    typer.run(main)
