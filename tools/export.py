"""The scores of items as a torch program: `python -m tools.export MODEL OUT.pt2 [--task topn]`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from pipeline.decoding.config import DecodingConfig
from pipeline.model.bundle import HEAD, load_bundle
from pipeline.runtime.config import RuntimeConfig
from pipeline.runtime.device import choose_runtime
from pipeline.runtime.errors import clear_errors
from pipeline.serving.predictor import Predictor
from pipeline.serving.requests import Rank, Recommend, Recommendation
from pipeline.serving.scoring import export
from pipeline.tasks.base import Question
from pipeline.tasks.registry import tasks_named
from pipeline.tasks.topn import TOPN

NAMES = "names.json"
MOST = 1e-3
"""Nats between two ways to add up a score, at most."""
_ASKED = 8
_CANDIDATES = 20

Program = Callable[..., torch.Tensor]


def differences(program: Program, predictor: Predictor, task: str) -> list[float]:
    """Return how far the program's scores lie from the predictor's, in nats, for some users one by one."""
    known = predictor.people.whole
    # From the shortest history to the longest.
    order = np.argsort(known.lengths(), kind="stable")
    users = order[np.linspace(0, len(order) - 1, min(_ASKED, len(order))).astype(int)]
    return [_difference(program, predictor, task, user) for user in users.tolist()]


def _difference(program: Program, predictor: Predictor, task: str, user: int) -> float:
    people = predictor.people
    name = people.user_ids[user]
    if task == str(TOPN):
        candidates = np.arange(min(_CANDIDATES, len(people.item_ids)), dtype=np.int32)
        request: Recommend | Rank = Rank(name, [people.item_ids[one] for one in candidates.tolist()])
        shown = candidates
    else:
        request = Recommend(name, len(people.item_ids))
        shown = people.whole[user][-predictor.history :]
    (answer,) = predictor.answer([request])
    assert isinstance(answer, list)
    listed = [one for one in answer if isinstance(one, Recommendation)]
    if not listed:
        return 0.0
    items = {item: row for row, item in enumerate(people.item_ids)}
    (asked,) = tasks_named([task])
    batch = predictor.maker.ask([Question(asked, user, shown)])
    rows = torch.tensor([[items[one.item] for one in listed]])
    with torch.no_grad():
        found = program(batch.users, batch.tokens, batch.rows, batch.mask, rows)
    return float((found[0] - torch.tensor([one.score for one in listed])).abs().max())


@clear_errors
def main(
    root: Annotated[Path, typer.Argument(help="The workspace, or a copy of its models/peapod.")],
    out: Annotated[Path, typer.Argument(help="The file to be written, OUT.pt2.")],
    task: Annotated[str, typer.Option(help="Whose prompts: sequential or topn.")] = "sequential",
) -> None:
    """Write OUT, and compare what it says with what the predictor says."""
    if out.suffix != ".pt2":
        raise ValueError(f"{out}: a name that ends with .pt2 wanted, as torch names such files")
    bundle = load_bundle(root if (root / HEAD).is_file() else root / "models/peapod")
    names = {"task": task, "users": bundle.people.user_ids, "items": bundle.people.item_ids}
    torch.export.save(export(bundle, task), out, extra_files={NAMES: json.dumps(names)})
    program = torch.export.load(out).module()
    cpu = choose_runtime(RuntimeConfig(device="cpu"))
    found = differences(program, Predictor(bundle, DecodingConfig(), cpu), task)
    if max(found) > MOST:
        raise ValueError(
            f"{out}: its scores lie up to {max(found):.2g} nats from the predictor's, at most {MOST:g} "
            "wanted: a fault of ours; please report it with the versions of torch and transformers"
        )
    print(f"{out}: for {len(found)} users within {max(found):.1g} nats of the predictor's scores")


if __name__ == "__main__":
    typer.run(main)
