"""`python -m experiments.systems`: docs/systems.md from the rows and the stored results."""

from pathlib import Path
from typing import Annotated

import typer

from experiments.systems.checks import ROOT, faults
from experiments.systems.page import PAGE, page
from experiments.systems.registry import read_systems
from pipeline.params import ParamsError
from pipeline.runtime.errors import clear_errors
from tools.parameters import write_generated


@clear_errors
def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; 1 where the page differs.")] = False,
    root: Path = ROOT,
) -> None:
    """Write docs/systems.md below `root`, after checking that rows which run name what there is."""
    systems = read_systems()
    found = faults(systems)
    if found:
        raise ParamsError(f"experiments/systems: {len(found)} fault(s)\n" + "\n".join(found))
    wrong = "not what rows and results say; run python -m experiments.systems"
    write_generated(root, PAGE, page(systems), check, wrong)


if __name__ == "__main__":
    typer.run(main)
