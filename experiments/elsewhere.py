"""`python -m experiments.elsewhere NAME FOLDER --code COMMIT`: archive what ran on another machine.

A machine that is lent for minutes has neither git nor DVC: there stages run one by one with `--root FOLDER`.
What they left in FOLDER becomes `experiments/results/NAME.json`, as an experiment's metrics do, or of a
variant of a sweep (`--variant`) `experiments/results/runs/NAME.npz`, of which tables are made.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from experiments.archive import archive_run
from experiments.presets import changes, names, preset
from experiments.results import archive_metrics
from experiments.runs import Run, check_parameters, defining, git, joined
from experiments.sweeps import sweep, sweep_names
from pipeline.artifacts import read_json, read_table
from pipeline.params import ParamsError, files_of
from pipeline.runtime.errors import clear_errors


@dataclass(frozen=True)
class FolderRun(Run):
    """A run that is a folder with parameters, metrics/ and tables; `commit` is that of the code that ran."""

    folder: Path = Path()

    here = False

    def __post_init__(self) -> None:
        """Take what a run reads from git from the folder."""
        files = files_of(self.folder / "params.yaml")
        self.__dict__["params"] = joined([path.read_text(encoding="utf-8") for path in files])
        self.__dict__["code"] = git("rev-parse", "--short", self.commit).strip()
        records = sorted((self.folder / "runs/provenance").glob("*.json"))
        self.__dict__["seconds"] = {one.stem: float(read_json(one)["seconds"]) for one in records}

    def stored(self, name: str) -> Any:
        """Return what stands in metrics/NAME.json; raises ArtifactError where it isn't there."""
        return read_json(self.folder / f"metrics/{name}.json")

    def table(self, path: str, schema: pa.Schema) -> pa.Table:
        """Read one of its tables; raises ArtifactError where it isn't there."""
        return read_table(self.folder / path, schema)


@clear_errors
def main(
    name: Annotated[str, typer.Argument(help="The preset or the sweep that ran.")],
    folder: Annotated[Path, typer.Argument(help="The --root that its stages had.")],
    code: Annotated[str, typer.Option(help="The commit whose code ran.")],
    variant: Annotated[str | None, typer.Option(help="Of a sweep: the variant, by its label.")] = None,
    from_preset: Annotated[
        str | None, typer.Option("--preset", help="Of a sweep: the preset that it started from.")
    ] = None,
    set_param: Annotated[
        list[str] | None, typer.Option("--set-param", "-S", help="Of a sweep: what all variants changed.")
    ] = None,
) -> None:
    """Archive a run in FOLDER; it has to have run with the parameters of the preset or the variant."""
    if name in sweep_names():
        run, params = _variant(name, folder, code, variant, from_preset, changes(set_param))
        check_parameters(run, params)
        typer.echo(f"{archive_run(run).name}: written")
        return
    if name not in names():
        raise ParamsError(f"{name}: none of the presets {', '.join(names())}, nor a sweep")
    run = FolderRun(name, code, folder)
    check_parameters(run, defining(preset(name)["params"]))
    archive_metrics(name, run)
    typer.echo(f"{name}.json: written")


def _variant(
    name: str, folder: Path, code: str, label: str | None, start: str | None, changed: dict[str, Any]
) -> tuple[FolderRun, dict[str, Any]]:
    """Return a variant's run and the parameters that it has to have run with."""
    variants = {one.label: one for one in sweep(name).variants(changed)}
    if label not in variants:
        raise ParamsError(f"--variant {label}: the variants of sweep {name} are {'; '.join(variants)}")
    chosen = variants[label]
    unnamed = FolderRun("", code, folder)
    seed = unnamed.params["seed"]
    run = FolderRun(chosen.experiment(name, start, seed, changed), code, folder)
    return run, defining((preset(start)["params"] if start else {}) | chosen.params)


if __name__ == "__main__":
    typer.run(main)
