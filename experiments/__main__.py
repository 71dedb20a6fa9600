"""`python -m experiments NAME --raw PATH`: run a preset, or all variants of a sweep, with `dvc exp run`."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.archive import archived_file, find_run
from experiments.presets import arguments, changed_name, changes, check_known, names, overrides
from experiments.repository import check_names, check_repository, commit_at, waiting
from experiments.runs import check_parameters, code_differs, commit_of, defining, flatten, records_of
from experiments.sweeps import check_changes, read_seeds, sweep, sweep_names
from pipeline.params import ParamsError
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.provenance import KEPT
from stages.parameters import all_parameters
from tools.run_dvc import run_dvc


@clear_errors
def main(
    name: Annotated[
        str, typer.Argument(help=f"A preset ({', '.join(names())}) or a sweep ({', '.join(sweep_names())}).")
    ],
    raw: Annotated[Path | None, typer.Option(help="The raw file or P5 folder.")] = None,
    metadata: Annotated[Path | None, typer.Option(help="The items' texts (dataset.metadata).")] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="Of a sweep: the preset its variants start from; else params.yaml."),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(help="Of a sweep: every variant runs with each of these; 42 where none is given."),
    ] = None,
    set_param: Annotated[
        list[str] | None,
        typer.Option("--set-param", "-S", help="Further key=value, of all variants alike."),
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(help="Of a sweep: this variant alone, by its label; may be given several times."),
    ] = None,
    queue: Annotated[bool, typer.Option(help="Only queue it; `dvc queue start` runs the queue.")] = False,
    force: Annotated[bool, typer.Option(help="Drop earlier experiments of these names first.")] = False,
) -> None:
    """Run a preset or a sweep in a copy of the repository; `dvc exp apply EXPERIMENT` brings outputs here.

    Variants of a sweep that have run before are left alone; `python -m experiments.tables` compares them.
    """
    changed = changes(set_param)
    if name in sweep_names():
        places = overrides(preset, raw, metadata)
        wanted = sweep_experiments(name, preset, places, read_seeds(seeds or "42"), changed, variant)
    else:
        check_no_sweep(name, preset=preset, seeds=seeds, variant=variant)
        wanted = {changed_name(name, changed): overrides(name, raw, metadata) | changed}
    start = check_repository()
    check_known(changed)
    if name in sweep_names() and not force:
        wanted = not_run(wanted)
        typer.echo(f"{len(wanted)} experiments to run: {', '.join(wanted) or 'all of them have run'}")
    check_names(wanted, start, force)
    failed = []
    started = time.monotonic()
    for title, params in wanted.items():
        began = time.monotonic()
        if force:
            drop(title)
        if not run_experiment(title, params, start, queue):
            failed.append(title)
        typer.echo(f"{title}: {_minutes(began)} min")
    typer.echo(f"{len(wanted)} experiments in {_minutes(started)} min")
    if failed:
        typer.echo(f"failed: {', '.join(failed)}", err=True)
    sys.exit(1 if failed else 0)


def drop(title: str) -> None:
    """Drop what there is of an experiment: finished, queued or archived."""
    if commit_of(title) or title in waiting():
        run_dvc("exp", "remove", title)
    archived_file(title).unlink(missing_ok=True)


def run_experiment(title: str, params: dict[str, Any], start: str, queue: bool) -> bool:
    """Run or queue one experiment and return whether it went well and is there afterwards."""
    command = ("exp", "run", "--name", title, "--queue" if queue else "--temp", *arguments(params))
    if run_dvc(*command, **{KEPT: str(records_of(title).resolve())}):
        return False
    if commit_at(title, start) or (queue and title in waiting()):
        return True
    where = "queue status" if queue else "exp list"
    typer.echo(f"error: {title} ended well, but `dvc {where}` hasn't got it: its result is lost", err=True)
    return False


def _minutes(since: float) -> str:
    return f"{(time.monotonic() - since) / 60:.1f}"


def sweep_experiments(
    name: str,
    preset: str | None,
    shared: dict[str, Any],
    seeds: list[int],
    changed: dict[str, Any],
    labels: list[str] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the parameters of a sweep's experiments by their names, seed after seed.

    `shared` are the preset's, where the data lies among them.
    With `labels`, of these variants alone. `changed` parameters win over those that the sweep sets for all
    variants. Raises ParamsError where they meet its factors, and for a label that no variant has.
    """
    check_changes(name, changed)
    variants = sweep(name).variants(changed)
    known = [variant.label for variant in variants]
    for label in labels or ():
        if label not in known:
            raise ParamsError(f"--variant {label}: the variants of sweep {name} are {'; '.join(known)}")
    return {
        variant.experiment(name, preset, seed, changed): shared | variant.params | {"seed": seed}
        for seed in seeds
        for variant in variants
        if not labels or variant.label in labels
    }


def not_run(wanted: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return those of the experiments that haven't run; of others say where other code ran.

    Raises ArtifactError where one ran with other parameters than it would now.
    """
    own = defining(flatten(all_parameters(Path("params.yaml"))))
    left = {}
    for title, params in wanted.items():
        found = find_run(title)
        if found is None:
            left[title] = params
            continue
        check_parameters(found, own | flatten(params))
        if code_differs(found.code):
            typer.echo(f"{title} ran with code of {found.code}, which isn't today's; --force runs it again")
    return left


def check_no_sweep(name: str, *, preset: str | None, seeds: str | None, variant: list[str] | None) -> None:
    """Raise ParamsError where options of sweeps are given for `name`, which is none."""
    wanted = f"{name} is none of the sweeps {', '.join(sweep_names())}"
    if preset is not None:
        raise ParamsError(f"--preset {preset}: {wanted}; a preset runs by its own name alone, NAME {preset}")
    if variant:
        raise ParamsError(f"--variant {variant[0]}: {wanted}; a preset has no variants")
    if seeds is not None:
        raise ParamsError(f"--seeds {seeds}: {wanted}; a preset runs once, with another seed by -S seed=43")


if __name__ == "__main__":
    typer.run(main)
