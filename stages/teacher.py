"""Stage `teacher`: what a baseline would choose after each prefix of the train histories."""

from pathlib import Path

import typer

from pipeline import tables
from pipeline.artifacts import write_json, write_table
from pipeline.data.histories import Histories
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.recommenders.config import BaselinesConfig
from pipeline.recommenders.ranking.baseline import fitted_probabilities
from pipeline.recommenders.ranking.config import NO_TEACHER, TeacherConfig
from pipeline.recommenders.ranking.teaching import drawn_targets
from pipeline.runtime.device import keep_memory
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.fits import fit_of
from stages.recorded import recorded
from stages.splits import read_splits


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    teacher: TeacherConfig
    baselines: BaselinesConfig


@clear_errors
def main(root: Path = Path()) -> dict[str, int]:
    """Write data/teacher/teacher.parquet and metrics/teacher.json below `root`; return how many targets."""
    params = read_params(Params, root / "params.yaml")
    config = params.teacher
    method = config.method
    rows = []
    record = {"name": method}
    if method != NO_TEACHER:
        keep_memory()
        splits = read_splits(root / "data")
        grid = getattr(params.baselines, method)
        found, record = fitted_probabilities(
            method, fit_of(method), grid, params.baselines.budget, splits, params.seed
        )
        train = Histories.from_tables(splits.users, splits.train)
        rng = generator(params.seed, "teacher")
        rows = list(drawn_targets(found, train, config.draws, config.sharpness, rng))
    with published(root, "teacher", "data/teacher", "metrics") as (out, metrics):
        write_table(out / "teacher.parquet", tables.TEACHER, {"targets": rows})
        write_json(metrics / "teacher.json", record)
    return {"targets": sum(map(len, rows))}


if __name__ == "__main__":
    typer.run(recorded(main))
