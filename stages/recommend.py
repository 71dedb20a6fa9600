"""Recommend to a user: `python -m stages.recommend USER [--top N] [--history ID,ID] [--explain ITEM]`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.runtime.errors import clear_errors
from pipeline.serving.requests import Recommendation
from stages.predictor import read_predictor


@clear_errors
def main(
    user: Annotated[str, typer.Argument(help="Raw user id.")],
    top: Annotated[int, typer.Option(help="Items in the list.")] = 10,
    history: Annotated[
        str | None, typer.Option(help="Raw item ids, oldest first, ID,ID: in place of what the data has.")
    ] = None,
    explain: Annotated[str | None, typer.Option(help="Raw item id: say why the user likes it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON in place of a table.")] = False,
    root: Path = Path(),
) -> None:
    """Print the items that USER takes next, best first; a new user needs --history.

    The root is the workspace, or a copy of its models/peapod anywhere.
    """
    items = None if history is None else [part.strip() for part in history.split(",") if part.strip()]
    predictor = read_predictor(root)
    if explain is not None:
        sentence = predictor.explain(user, explain, items)
        found: dict[str, Any] = {"user": user, "item": explain, "explanation": sentence}
        print(json.dumps(found, ensure_ascii=False) if as_json else sentence)
        return
    ranked = predictor.recommend(user, top, items)
    if as_json:
        listed = [asdict(one) for one in ranked]
        print(json.dumps({"user": user, "recommendations": listed}, ensure_ascii=False))
    else:
        print("\n".join(table(ranked)))


def table(ranked: list[Recommendation]) -> list[str]:
    """Return the lines of a table: rank, item, score, and titles where the data tells any."""
    width = max([len("item"), *(len(one.item) for one in ranked)])
    lines = [
        f"{one.rank:>4}  {one.item:<{width}}  {one.score:8.4f}  {one.title or ''}".rstrip() for one in ranked
    ]
    head = f"rank  {'item':<{width}}     score"
    return [f"{head}  title" if any(one.title for one in ranked) else head, *lines]


if __name__ == "__main__":
    typer.run(main)
