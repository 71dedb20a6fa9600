"""Stage `choices`: sets of candidates for each validation and test example of LLaRA's question."""

from pathlib import Path

import typer

from pipeline import tables
from pipeline.artifacts import read_table, write_table
from pipeline.data.config import ChoicesConfig
from pipeline.data.histories import Histories
from pipeline.data.next_items import choice_columns, draw_choices, held_out
from pipeline.data.splits import SPLITS
from pipeline.params import Section, read_params
from pipeline.randomness import generator
from pipeline.runtime.errors import clear_errors
from pipeline.runtime.publication import published
from stages.recorded import recorded


class Params(Section):
    """What this stage reads of params.yaml."""

    seed: int
    choices: ChoicesConfig


@clear_errors
def main(root: Path = Path()) -> dict[str, int]:
    """Write data/choices/choices.parquet below `root`; return how many examples have too short a history."""
    params = read_params(Params, root / "params.yaml")
    config = params.choices
    data = root / "data/preprocessed"
    examples = {}
    sets = {}
    short = {}
    if config.redraws:
        users = len(read_table(data / "users.parquet", tables.USERS))
        items = len(read_table(data / "items.parquet", tables.ITEMS))
        parts = [read_table(data / f"{name}.parquet", tables.INTERACTIONS) for name in SPLITS]
        for end, split in enumerate(SPLITS[1:], start=2):
            until = Histories.from_tables(users, *parts[:end])
            found = held_out(until, Histories.from_tables(users, parts[end - 1]), config.history)
            examples[split] = found.after(config.shortest)
            short[f"{split}_too_short"] = len(found) - len(examples[split])
            rng = generator(params.seed, "choices", split)
            sets[split] = draw_choices(examples[split], items, config.candidates, config.redraws, rng)
    with published(root, "choices", "data/choices") as (out,):
        write_table(out / "choices.parquet", tables.CHOICES, choice_columns(examples, sets))
    return short


if __name__ == "__main__":
    typer.run(recorded(main))
