"""What a language model knows and does: `python -m tools.ask_model contamination|sensitivity|reasons MODEL`.

MODEL is a folder, a GGUF file, a name on the hub or an address, as for baseline `prompted`. Figures go to
standard output as JSON.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from pipeline import tables
from pipeline.artifacts import read_table
from pipeline.data.histories import Histories
from pipeline.data.item_texts import described_texts
from pipeline.language_models.contamination import contamination as find_contamination
from pipeline.language_models.load import load_language_model
from pipeline.language_models.prompts.base import Case
from pipeline.language_models.reasons import reasons as find_reasons
from pipeline.language_models.sensitivity import sensitivity as find_sensitivity
from pipeline.randomness import generator
from pipeline.runtime.errors import clear_errors

GROUPS = ("a female", "a male", "a young", "an old", "a rich", "a poor")
app = typer.Typer(add_completion=False, help=__doc__)
Most = Annotated[int, typer.Option(min=1, help="Users that are asked about, the first ones.")]
Root = Annotated[Path, typer.Option(help="Where `preprocess` has run.")]


@app.command()
@clear_errors
def contamination(model: str, users: Most = 200, root: Root = Path()) -> None:
    """Ask whether a model knows in which order users chose their last two items."""
    known, test, titles = read_titles(root)
    pairs = [
        (titles[known[user][-1]], titles[test[user][-1]])
        for user in test.users().tolist()
        if len(known[user]) and titles[known[user][-1]] != titles[test[user][-1]]
    ]
    found = find_contamination(load_language_model(model), pairs[:users], generator(42, "contamination"))
    _show(found.record())


@app.command()
@clear_errors
def sensitivity(model: str, users: Most = 50, candidates: int = 10, k: int = 5, root: Root = Path()) -> None:
    """Ask how far a model's lists change with words for the user: SNSR and SNSV."""
    known, test, titles = read_titles(root)
    rng = generator(42, "sensitivity")
    cases = []
    for user in test.users()[:users].tolist():
        others = np.setdiff1d(np.arange(len(titles)), known[user])
        chosen = rng.choice(others, min(candidates, len(others)), replace=False)
        history = tuple(titles[item] for item in known[user][-10:])
        cases.append(Case(history, tuple(titles[item] for item in chosen)))
    _show(find_sensitivity(load_language_model(model), cases, GROUPS, k))


@app.command()
@clear_errors
def reasons(model: str, users: Most = 5, root: Root = Path()) -> None:
    """Ask why users would like what they chose last."""
    known, test, titles = read_titles(root)
    asked = test.users()[:users].tolist()
    cases = [
        Case(tuple(titles[item] for item in known[user][-10:]), (titles[test[user][-1]],)) for user in asked
    ]
    texts = find_reasons(load_language_model(model), cases)
    _show({case.candidates[0]: text for case, text in zip(cases, texts, strict=True)})


def read_titles(root: Path) -> tuple[Histories, Histories, list[str]]:
    """Return what users had, what came last, and each item's title, or its raw id where none is known."""
    data = root / "data/preprocessed"
    users = read_table(data / "users.parquet", tables.USERS).num_rows
    ids = read_table(data / "items.parquet", tables.ITEMS)["item_id"].to_pylist()
    told = described_texts(read_table(data / "item_texts.parquet", tables.ITEM_TEXTS), len(ids), ("title",))
    train, validation, test = (
        read_table(data / f"{part}.parquet", tables.INTERACTIONS) for part in ("train", "validation", "test")
    )
    titles = [title or name for title, name in zip(told, ids, strict=True)]
    return Histories.from_tables(users, train, validation), Histories.from_tables(users, test), titles


def _show(figures: dict[str, Any]) -> None:
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app()
