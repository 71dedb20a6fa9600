"""`python -m experiments NAME --raw PATH`: run a preset with `dvc exp run`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.params import ParamsError, load_yaml
from stages.errors import clear_errors
from stages.run_dvc import run_dvc

HERE = Path(__file__).parent


def names() -> list[str]:
    """Return the presets there are."""
    return sorted(path.stem for path in HERE.glob("*.yaml"))


def preset(name: str) -> dict[str, Any]:
    """Return a preset's description, raw file and params; raises ParamsError for one that isn't there."""
    if name not in names():
        raise ParamsError(f"no preset {name!r}; there are {', '.join(names())}")
    return load_yaml(HERE / f"{name}.yaml")


def overrides(name: str, raw: Path | None) -> list[str]:
    """Return a preset's overrides as `key=value` for `dvc exp run -S`.

    Raises ParamsError for a preset that isn't there, or without a raw file or folder that is.
    """
    chosen = preset(name)
    if raw is None or not raw.exists():
        raise ParamsError(
            f"--raw {raw}: the preset wants {chosen['raw']}, as a path to a file or folder here"
        )
    # An experiment may run in a copy of the repository, where a relative path would lead elsewhere.
    params = {"dataset.raw": str(raw.resolve()), **chosen["params"]}
    return [f"{key}={_hydra(value)}" for key, value in params.items()]


def _hydra(value: Any) -> str:
    """Spell a value as Hydra's override grammar reads it back unchanged."""
    if not isinstance(value, str):
        return json.dumps(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@clear_errors
def main(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(names())}.")],
    raw: Annotated[Path | None, typer.Option(help="The raw file or P5 folder.")] = None,
    set_param: Annotated[
        list[str] | None, typer.Option("--set-param", "-S", help="Further key=value.")
    ] = None,
    queue: Annotated[bool, typer.Option(help="Only queue it; `dvc queue start` runs the queue.")] = False,
    force: Annotated[bool, typer.Option(help="Drop an earlier experiment of this name first.")] = False,
) -> None:
    """Run a preset in a copy of the repository; `dvc exp apply NAME` brings its outputs here."""
    changes = [*overrides(name, raw), *(set_param or [])]
    if force:
        run_dvc("exp", "remove", name)
    where = "--queue" if queue else "--temp"
    sys.exit(
        run_dvc("exp", "run", "--name", name, where, *(part for change in changes for part in ("-S", change)))
    )


if __name__ == "__main__":
    typer.run(main)
