"""Stage sample: the bundled synthetic reviews."""

from pathlib import Path

import typer

from pipeline.artifacts import atomic_path
from pipeline.data.config import SampleConfig
from pipeline.data.sample import sample_file
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.errors import clear_errors
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    sample: SampleConfig


@clear_errors
def main(root: Path = Path()) -> None:
    """Write data/raw/sample.json.gz below `root`."""
    params = read_params(Params, root / "params.yaml")
    content = sample_file(params.sample, generator(params.seed, "sample"))
    with atomic_path(root / "data/raw/sample.json.gz") as temporary:
        temporary.write_bytes(content)


if __name__ == "__main__":
    typer.run(recorded(main))
