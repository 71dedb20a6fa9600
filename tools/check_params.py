"""Check params.yaml and baselines.yaml: every section, unknown keys, combinations that can't work.

Every stage that runs as a command does so first (`stages.recorded`), in a process of its own: what a stage
imports decides when it runs anew. So this imports nothing that is slow to load.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import create_model

from pipeline.params import ParamsError, Section, files_of, load_params, load_yaml, meant, parse_params, place
from pipeline.runtime.errors import clear_errors
from stages.parameters import Params, file_of
from tools.check_combinations import COMBINATIONS, broken
from tools.check_dataset import LIMITS, Counted, Explained

RENAMED = {"numbering": "identifiers"}
"""Sections by the name that they had before."""


def faults(path: Path, counted: Counted | None = None, explained: Explained | None = None) -> Iterator[str]:
    """Yield every fault of a params file and of the one beside it, one line each.

    Those against the dataset where it is counted.
    """
    document = load_params(path)
    for file in files_of(path):
        for key in load_yaml(file):
            if told := _misplaced(key, file):
                yield f"  {key}: {told}{place(path, key)}"
    counts = {"counted": counted, "explained": explained}
    sound: dict[str, Any] = {name: found for name, found in counts.items() if found}
    for name, field in Params.model_fields.items():
        definition: dict[str, Any] = {name: (field.annotation, field)}
        alone = create_model(name, __base__=Section, **definition)
        try:
            sound[name] = getattr(parse_params(alone, document, path), name)
        except ParamsError as error:
            # What has no line for each fault is a single one.
            yield from str(error).splitlines()[1:] or [f"  {error}"]
    # A combination is judged once all of its sections are sound in themselves.
    yield from (f"  {fault}" for fault in broken((*COMBINATIONS, *LIMITS), sound))


def _misplaced(section: str, file: Path) -> str:
    """Return what is wrong with a section's name or file, "" where nothing is."""
    if section in RENAMED:
        return f"this section is called {RENAMED[section]} now; rename it, its keys stay as they are"
    if section not in Params.model_fields:
        return f"unknown section{meant(section, Params)}; known are {', '.join(Params.model_fields)}"
    wanted = file_of(section)
    return "" if file.name == wanted else f"DVC looks for this section in {wanted}; move it there"


@clear_errors
def main(root: Path = Path(), counted: bool = False, explained: bool = False) -> None:
    """End with exit code 1 and every fault of params.yaml below `root`, or say that it has none.

    With --counted and --explained it has to fit what `preprocess` and `explanations` have counted, too.
    """
    params = root / "params.yaml"
    metrics = root / "metrics"
    sizes = Counted.read(metrics) if counted else None
    found = list(faults(params, sizes, Explained.read(metrics) if explained else None))
    if found:
        raise ParamsError(f"{params}: {len(found)} fault(s)\n" + "\n".join(found))
    print(f"{params}: {len(Params.model_fields)} sections, no faults")


if __name__ == "__main__":
    typer.run(main)
