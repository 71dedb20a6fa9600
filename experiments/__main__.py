"""`python -m experiments NAME --raw PATH`: run a preset, or all cells of a grid, with `dvc exp run`."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.grids import check_changes, grid, grid_names, read_seeds
from experiments.kept import find_run
from experiments.presets import arguments, changed_name, changes, names, overrides
from pipeline.params import ParamsError
from stages.errors import clear_errors
from stages.run_dvc import run_dvc


@clear_errors
def main(
    name: Annotated[
        str, typer.Argument(help=f"A preset ({', '.join(names())}) or a grid ({', '.join(grid_names())}).")
    ],
    raw: Annotated[Path | None, typer.Option(help="The raw file or P5 folder.")] = None,
    preset: Annotated[
        str | None, typer.Option(help="Of a grid: the preset that its cells start from; else params.yaml.")
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(help="Of a grid: every cell runs with each of these; 42 where none is given."),
    ] = None,
    set_param: Annotated[
        list[str] | None,
        typer.Option("--set-param", "-S", help="Further key=value, of all cells alike."),
    ] = None,
    queue: Annotated[bool, typer.Option(help="Only queue it; `dvc queue start` runs the queue.")] = False,
    force: Annotated[bool, typer.Option(help="Drop earlier experiments of these names first.")] = False,
) -> None:
    """Run a preset or a grid in a copy of the repository; `dvc exp apply EXPERIMENT` brings outputs here.

    A grid's cells that have run before are left as they are; `python -m experiments.tables` compares them.
    """
    changed = changes(set_param)
    if name in grid_names():
        wanted = grid_experiments(name, preset, raw, read_seeds(seeds or "42"), changed)
        if not force:
            wanted = {title: params for title, params in wanted.items() if find_run(title) is None}
            typer.echo(f"{len(wanted)} experiments to run: {', '.join(wanted) or 'all of them have run'}")
    else:
        check_no_grid(name, preset, seeds)
        wanted = {changed_name(name, changed): overrides(name, raw) | changed}
    failed, started = [], time.monotonic()
    for title, params in wanted.items():
        if force:
            run_dvc("exp", "remove", title)
        where, began = "--queue" if queue else "--temp", time.monotonic()
        if run_dvc("exp", "run", "--name", title, where, *arguments(params)):
            failed.append(title)
        typer.echo(f"{title}: {_minutes(began)} min")
    typer.echo(f"{len(wanted)} experiments in {_minutes(started)} min")
    if failed:
        typer.echo(f"failed: {', '.join(failed)}", err=True)
    sys.exit(1 if failed else 0)


def _minutes(since: float) -> str:
    return f"{(time.monotonic() - since) / 60:.1f}"


def grid_experiments(
    name: str, preset: str | None, raw: Path | None, seeds: list[int], changed: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the parameters of a grid's experiments by their names, seed after seed.

    `changed` parameters win over the grid's own of all cells; raises ParamsError where they meet its axes.
    """
    check_changes(name, changed)
    shared = overrides(preset, raw)
    return {
        cell.experiment(name, preset, seed, changed): shared | cell.params | {"seed": seed} | changed
        for seed in seeds
        for cell in grid(name).cells()
    }


def check_no_grid(name: str, preset: str | None, seeds: str | None) -> None:
    """Raise ParamsError where options of grids are given for `name`, which is none."""
    wanted = f"{name} is none of the grids {', '.join(grid_names())}"
    if preset is not None:
        raise ParamsError(f"--preset {preset}: {wanted}; a preset runs by its own name alone, NAME {preset}")
    if seeds is not None:
        raise ParamsError(f"--seeds {seeds}: {wanted}; a preset runs once, with another seed by -S seed=43")


if __name__ == "__main__":
    typer.run(main)
