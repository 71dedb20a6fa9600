"""What a language model knows and does: `python -m tools.ask_model COMMAND MODEL`.

COMMAND is rank, contamination, sensitivity or reasons.

MODEL is a folder, a GGUF file, a name on the hub or an address, as for baseline `prompted`. Figures go to
standard output as JSON, and with `--out` into a file, as docs/systems.md takes them.
"""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from pipeline import tables
from pipeline.artifacts import read_table
from pipeline.data.histories import Histories
from pipeline.data.item_texts import described_texts
from pipeline.data.next_items import read_choices
from pipeline.evaluation.asked import compared
from pipeline.evaluation.estimates import exact
from pipeline.evaluation.schema.asked import AskedMetrics
from pipeline.evaluation.schema.document import Estimates
from pipeline.language_models.contamination import contamination as find_contamination
from pipeline.language_models.load import load_language_model
from pipeline.language_models.prompts.base import Case
from pipeline.language_models.prompts.registry import METHODS
from pipeline.language_models.reasons import reasons as find_reasons
from pipeline.language_models.sensitivity import sensitivity as find_sensitivity
from pipeline.randomness import generator
from pipeline.recommenders.parts.prompted_config import WAYS
from pipeline.runtime.errors import clear_errors

GROUPS = ("a female", "a male", "a young", "an old", "a rich", "a poor")
app = typer.Typer(add_completion=False, help=__doc__)
Most = Annotated[int, typer.Option(min=1, help="Users that are asked about, the first ones.")]
Root = Annotated[Path, typer.Option(help="Where `preprocess` has run, for `rank` `choices` as well.")]
Out = Annotated[Path | None, typer.Option(help="File that gets the figures, too.")]
Title = Annotated[str, typer.Option(help="What the data is called there.")]
POPULAR = "most_popular"
PLAIN = "list"
"""What other ways to ask are compared with."""


@app.command()
@clear_errors
def rank(
    model: str,
    method: Annotated[list[str] | None, typer.Option(help=f"Ways to ask, of {', '.join(WAYS)}.")] = None,
    users: Most = 100,
    root: Root = Path(),
    out: Out = None,
    title: Title = "",
) -> None:
    """Ask for an order of test users' stored candidates, in all ways or those named; beside popularity.

    Each way is compared with `list`, which asks plainly, where that is among them, else with popularity.
    """
    ways = method or list(WAYS)
    for way in ways:
        if way not in METHODS:
            raise typer.BadParameter(f"{way}: none of {', '.join(WAYS)}", param_hint="--method")
    cases, places, counts = stored_cases(root, users)
    scores: dict[str, list[np.ndarray]] = {POPULAR: counts}
    seconds = {}
    loaded = load_language_model(model)
    for way in ways:
        began = time.monotonic()
        scores[way] = METHODS[way](loaded, cases, generator(42, "ask", way))
        seconds[way] = round(time.monotonic() - began, 1)
        typer.echo(f"{way}: {seconds[way]} s", err=True)
    base = PLAIN if PLAIN in ways else POPULAR
    estimates, differences = compared(scores, places, base, generator(42, "ask"))
    told: dict[str, Any] = {
        "title": title,
        "model": Path(model).name,
        "tests": len(cases),
        "seconds": seconds,
        "base": base,
    }
    _show(AskedMetrics(estimates=estimates, differences=differences, **told), out)


@app.command()
@clear_errors
def contamination(
    model: str, users: Most = 200, root: Root = Path(), out: Out = None, title: Title = ""
) -> None:
    """Ask whether a model knows in which order users chose their last two items."""
    known, test, titles = read_titles(root)
    pairs = [
        (titles[known[user][-1]], titles[test[user][-1]])
        for user in test.users().tolist()
        if len(known[user]) and titles[known[user][-1]] != titles[test[user][-1]]
    ]
    loaded = load_language_model(model)
    began = time.monotonic()
    found = find_contamination(loaded, pairs[:users], generator(42, "contamination"))
    figures = {name: exact(value) for name, value in found.record().items() if name != "pairs"}
    _show(_one("contamination", figures, began, title=title, model=model, tests=found.pairs), out)


@app.command()
@clear_errors
def sensitivity(
    model: str,
    users: Most = 50,
    candidates: int = 10,
    k: int = 5,
    root: Root = Path(),
    out: Out = None,
    title: Title = "",
) -> None:
    """Ask how far a model's lists change with words for the user: SNSR and SNSV."""
    known, test, titles = read_titles(root)
    rng = generator(42, "sensitivity")
    cases = []
    for user in test.users()[:users].tolist():
        others = np.setdiff1d(np.arange(len(titles)), known[user])
        chosen = rng.choice(others, min(candidates, len(others)), replace=False)
        history = tuple(titles[item] for item in known[user][-10:])
        cases.append(Case(history, tuple(titles[item] for item in chosen)))
    loaded = load_language_model(model)
    began = time.monotonic()
    found = find_sensitivity(loaded, cases, GROUPS, k)
    figures = {
        f"{name} {similarity}": exact(values[name])
        for similarity, values in found.items()
        for name in ("SNSR", "SNSV")
    }
    groups = {
        f"{similarity} {group}": exact(value)
        for similarity, values in found.items()
        for group, value in values["groups"].items()
    }
    _show(_one("sensitivity", figures | groups, began, title=title, model=model, tests=len(cases)), out)


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
    _print({case.candidates[0]: text for case, text in zip(cases, texts, strict=True)})


def stored_cases(root: Path, users: int) -> tuple[list[Case], np.ndarray, list[np.ndarray]]:
    """Return the first test users' questions, the target's place [N], and candidates' counts in train.

    Raises ValueError where stage `choices` stored no candidates.
    """
    _, _, titles = read_titles(root)
    found = read_choices(read_table(root / "data/choices/choices.parquet", tables.CHOICES))
    if "test" not in found:
        raise ValueError(
            f"{root}: no stored candidates of test users; stage choices makes them with choices.redraws 1"
        )
    examples, sets = found["test"]
    candidates = sets[0][:users]
    train = read_table(root / "data/preprocessed/train.parquet", tables.INTERACTIONS)
    counts = np.bincount(train["item"].to_numpy(), minlength=len(titles)).astype(float)
    cases = [
        Case(tuple(titles[item] for item in history), tuple(titles[item] for item in chosen))
        for history, chosen in zip(list(examples.histories), candidates, strict=False)
    ]
    places = (candidates == examples.targets[: len(candidates), None]).argmax(axis=1)
    return cases, places, [counts[chosen] for chosen in candidates]


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


def _one(what: str, figures: Estimates, began: float, *, title: str, model: str, tests: int) -> AskedMetrics:
    """Return the figures of something that is compared with nothing."""
    seconds = {what: round(time.monotonic() - began, 1)}
    told: dict[str, Any] = {"title": title, "model": Path(model).name, "tests": tests, "seconds": seconds}
    return AskedMetrics(estimates={what: figures}, differences={}, **told)


def _show(found: AskedMetrics, out: Path | None) -> None:
    if out is not None:
        found.write(out)
    _print(found.plain())


def _print(figures: dict[str, Any]) -> None:
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app()
