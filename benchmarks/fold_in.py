"""What folding in costs in quality: `python -m benchmarks.fold_in WORK`, after `make repro`.

Every fifth user is held out of training altogether: a model is trained without them in the folder WORK, and
answers by their items alone. Beside it stand the model that knows them, and that model asked as if it didn't,
and how far the two lie from the first for the same users, with 95 % bootstrap intervals.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.retraining import train_in
from pipeline.data.removal import removal_mark, write_removed
from pipeline.evaluation.ranking import MISS, ranking_metrics
from pipeline.evaluation.uncertainty import percentile_interval, resampled_sums
from pipeline.params import load_yaml
from pipeline.runtime.errors import clear_errors
from pipeline.serving import Predictor
from pipeline.serving.requests import Recommend, Recommendation
from stages.predictor import read_predictor

NEW = "(somebody new)"
CUTOFFS = (5, 10)
RESAMPLES = 2000


def held_out(predictor: Predictor, every: int) -> dict[str, list[str]]:
    """Return users, one in `every`, with all their items, oldest first."""
    users = predictor.people.user_ids[::every]
    return {user: [one.item for one in predictor.items_of(user)] for user in users}


def train_without(users: Sequence[str], root: Path, work: Path) -> None:
    """Run the stages up to `train` in `work`, with the parameters of `root` and without `users`."""
    work.mkdir(parents=True, exist_ok=True)
    document = load_yaml(root / "params.yaml")
    removed = work / "removed_users.txt"
    write_removed(removed, {removal_mark(user) for user in users})
    document["dataset"]["removed_users"] = str(removed.resolve())
    train_in(work, document, root)


def ranks(predictor: Predictor, users: dict[str, list[str]], new: bool) -> np.ndarray:
    """Return the rank of each user's last item after the others, int64 [users]; MISS where it isn't listed.

    Items that the model doesn't know are left out of histories.
    """
    known = set(predictor.people.item_ids)
    asked = [
        Recommend(NEW if new else user, CUTOFFS[-1], [item for item in items[:-1] if item in known])
        for user, items in users.items()
    ]
    found = np.full(len(users), MISS, dtype=np.int64)
    for row, (answer, items) in enumerate(zip(predictor.answer(asked), users.values(), strict=True)):
        assert isinstance(answer, list)
        listed = [one.item for one in answer if isinstance(one, Recommendation)]
        if items[-1] in listed:
            found[row] = listed.index(items[-1]) + 1
    return found


def line(name: str, found: np.ndarray) -> str:
    """Return a row of the table."""
    figures = [f"{values.mean():.4f}" for values in ranking_metrics(found, CUTOFFS).values()]
    return f"| {name} | {' | '.join(figures)} |"


def gap(name: str, found: np.ndarray, known: np.ndarray) -> str:
    """Return a row with the mean differences of two models' figures for the same users, and intervals."""
    pairs = zip(
        ranking_metrics(found, CUTOFFS).values(), ranking_metrics(known, CUTOFFS).values(), strict=True
    )
    differences = np.stack([mine - theirs for mine, theirs in pairs], axis=1)
    means = resampled_sums(differences, RESAMPLES, np.random.default_rng(0)) / len(differences)
    intervals = [
        percentile_interval(value, replicates, 0.95)
        for value, replicates in zip(differences.mean(axis=0), means.T, strict=True)
    ]
    figures = [f"{one.value:+.4f} [{one.low:+.4f}, {one.high:+.4f}]" for one in intervals]
    return f"| {name} | {' | '.join(figures)} |"


@clear_errors
def main(
    work: Path,
    root: Path = Path(),
    every: Annotated[int, typer.Option(min=2, help="Which users are held out.")] = 5,
) -> None:
    """Print HR and NDCG of the held-out users' last items, as a table; WORK keeps what was trained."""
    trained = read_predictor(root)
    users = held_out(trained, every)
    known = ranks(trained, users, new=False)
    names = list(ranking_metrics(known, CUTOFFS))
    print(f"| {len(users)} users | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}")
    print(line("trained with them", known))
    strange = ranks(trained, users, new=True)
    print(line("the same model, asked as for somebody new", strange))
    print(gap("difference", strange, known), flush=True)
    if not (work / "models/peapod").is_dir():
        train_without(list(users), root, work)
    without = ranks(read_predictor(work), users, new=True)
    print(line("trained without them", without))
    print(gap("difference", without, known))


if __name__ == "__main__":
    typer.run(main)
