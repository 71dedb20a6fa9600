"""`python -m experiments.elsewhere NAME FOLDER --code COMMIT`: archive a preset that ran on another machine.

A machine that is lent for minutes has neither git nor DVC: there stages run one by one with `--root FOLDER`.
What they left in FOLDER becomes `experiments/results/NAME.json`, as an experiment's metrics do.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.presets import names, preset
from experiments.results import archive_metrics
from experiments.runs import Run, check_parameters, defining, git, joined
from pipeline.artifacts import read_json
from pipeline.params import ParamsError, files_of
from pipeline.runtime.errors import clear_errors


@dataclass(frozen=True)
class FolderRun(Run):
    """A run that is a folder with parameters and metrics/; `commit` is that of the code that ran."""

    folder: Path = Path()

    here = False

    def __post_init__(self) -> None:
        """Take what a run reads from git from the folder."""
        files = files_of(self.folder / "params.yaml")
        self.__dict__["params"] = joined([path.read_text(encoding="utf-8") for path in files])
        self.__dict__["code"] = git("rev-parse", "--short", self.commit).strip()

    def stored(self, name: str) -> Any:
        """Return what stands in metrics/NAME.json; raises ArtifactError where it isn't there."""
        return read_json(self.folder / f"metrics/{name}.json")


@clear_errors
def main(
    name: Annotated[str, typer.Argument(help="The preset that ran.")],
    folder: Annotated[Path, typer.Argument(help="The --root that its stages had.")],
    code: Annotated[str, typer.Option(help="The commit whose code ran.")],
) -> None:
    """Archive the metrics of a preset's run in FOLDER; it has to have run with the preset's parameters."""
    if name not in names():
        raise ParamsError(f"{name}: none of the presets {', '.join(names())}")
    run = FolderRun(name, code, folder)
    check_parameters(run, defining(preset(name)["params"]))
    archive_metrics(name, run)
    typer.echo(f"{name}.json: written")


if __name__ == "__main__":
    typer.run(main)
