"""Stage `audit NAME`: what an audit says of every method's predictions, from these and tables alone."""

from importlib import import_module
from pathlib import Path

import numpy as np
import typer

from pipeline import tables
from pipeline.artifacts import read_table
from pipeline.audits.base import Audit, Audited, AuditError, categories_of, first_seen
from pipeline.data.splits import SPLITS
from pipeline.evaluation.config import AUDITS, EvaluationConfig
from pipeline.evaluation.held_out import make_held_out
from pipeline.evaluation.recommendation import read_lists
from pipeline.evaluation.schema.inputs import TrainingMetrics
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    evaluation: EvaluationConfig


def audit_of(name: str) -> Audit:
    """Import audit `name`; raises AuditError for one that isn't there."""
    if name not in AUDITS:
        raise AuditError(f"no audit {name!r}; there are {', '.join(AUDITS)}")
    audit: Audit = import_module(f"pipeline.audits.{name}").AUDIT
    return audit


@clear_errors
def main(name: str, root: Path = Path()) -> None:
    """Write metrics/audits/NAME.json; every path is below `root`."""
    audit = audit_of(name)
    params = read_params(Params, root / "params.yaml")
    config = params.evaluation
    data = root / "data/preprocessed"
    train, validation, test = (read_table(data / f"{part}.parquet", tables.INTERACTIONS) for part in SPLITS)
    split = make_held_out(train, validation, test, read_table(data / "candidates.parquet", tables.CANDIDATES))
    items = len(read_table(data / "items.parquet", tables.ITEMS))
    asked = TrainingMetrics.read(root / "metrics/training.json").tasks
    found = read_lists(root / "predictions", config, split, asked)
    if not found:
        raise AuditError(
            f"audit {name}: audits are of sequential and top-n lists, the model is asked {', '.join(asked)}; "
            "empty evaluation.audits, or add both to prompts.tasks"
        )
    audited = Audited(
        lists=found["sequential"].lists,
        split=split,
        counts=np.bincount(train["item"].to_numpy(), minlength=items),
        first_seen=first_seen(train, items),
        categories=categories_of(read_table(data / "item_texts.parquet", tables.ITEM_TEXTS), items),
        k=max(config.sequential_cutoffs),
    )
    # One name for all audits: their resamples are those of the same users.
    figures = audit(audited, config, generator(params.seed, "bootstrap", "audits"))
    with published(root, f"audit@{name}", "metrics/audits") as (metrics,):
        figures.write(metrics / f"{name}.json")


if __name__ == "__main__":
    typer.run(recorded(main))
