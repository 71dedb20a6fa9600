"""Which of a set of candidates was chosen, and how often it was the target."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.artifacts import read_table
from pipeline.data.next_items import NextItems, read_choices
from pipeline.evaluation.config import EvaluationConfig
from pipeline.evaluation.estimates import Resampled, exact, intervals, rounded, tested
from pipeline.evaluation.held_out import titles_by_item
from pipeline.evaluation.predictions import PredictionError
from pipeline.evaluation.schema.choice import HIT, ChoiceMetrics, Redrawn
from pipeline.evaluation.schema.document import MODEL
from pipeline.evaluation.sufficient_statistics import Statistic, SufficientStatistics, ratio
from pipeline.evaluation.uncertainty import percentile_interval, resampled_sums
from pipeline.tables import CHOSEN

DETECTED = 2.8016
"""Standard errors of a difference that is found with a chance of 80 % at a level of 5 % from both sides."""

Rule = Callable[[str, Sequence[str]], int | None]
"""From an answer and the titles of the candidates to the place of the one that it says."""


def said_exactly(answer: str, titles: Sequence[str]) -> int | None:
    """Return which of the titles the answer is, its first line in lower case; None if none or several are."""
    said = _first_line(answer)
    return _only([place for place, title in enumerate(titles) if title.strip().lower() == said])


def said_within(answer: str, titles: Sequence[str]) -> int | None:
    """Return which title stands in the answer, as the authors' code judges; None if none or several do.

    An answer that is the target can't be right where another candidate's title lies inside it.
    """
    said = _first_line(answer)
    return _only([place for place, title in enumerate(titles) if title.lower() in said])


def _first_line(answer: str) -> str:
    return answer.strip().split("\n")[0].strip().lower()


def _only(places: Sequence[int]) -> int | None:
    return places[0] if len(places) == 1 else None


@dataclass(frozen=True)
class Choices:
    """What is to be chosen from.

    Attributes:
        examples: the E test examples.
        sets: their candidates, int32 [draws, E, candidates].
        titles: of all items, as prompts say them [I].
        left_out: test users whose history is too short to be asked.
    """

    examples: NextItems
    sets: np.ndarray
    titles: Sequence[str]
    left_out: int = 0


def stored_choices(stored: pa.Table, named: pa.Table, users: np.ndarray) -> Choices | None:
    """Return the test split of a table CHOICES; None where it has none.

    `named` are ITEM_IDENTIFIERS, of which the titles are the answers; `users` the test users [N].
    """
    found = read_choices(stored)
    if "test" not in found:
        return None
    examples, sets = found["test"]
    left_out = len(np.setdiff1d(users, examples.users))
    return Choices(examples, sets, titles_by_item(named), left_out)


def read_chosen(
    folder: Path, baselines: Sequence[str], choices: Choices | None, asked: Collection[str]
) -> dict[str, pa.Table]:
    """Read what the model, if it is `asked`, and each baseline chose from below `folder`, CHOSEN by method.

    Nothing without `choices`.
    """
    methods = [*([MODEL] if "choice" in asked else []), *baselines]
    if choices is None:
        return {}
    return {method: read_table(folder / f"{method}/choice.parquet", CHOSEN) for method in methods}


def choice_metrics(
    chosen: Mapping[str, pa.Table],
    choices: Choices | None,
    config: EvaluationConfig,
    rng: np.random.Generator,
) -> ChoiceMetrics:
    """Return `metrics/choice.json`: of the draws that every method answered, and of all for each alone.

    A test counts as the mean over its draws, and tests are resampled. Raises PredictionError naming the file
    where a table of `chosen`, by method, doesn't fit the sets.
    """
    if choices is None or not chosen or not len(choices.examples):
        return ChoiceMetrics.empty(0 if choices is None else choices.left_out)
    items = {method: _items(table, choices, method) for method, table in chosen.items()}
    draws = min(map(len, items.values()))
    targets = choices.examples.targets
    figures = {method: {HIT: (found[:draws] == targets).mean(axis=0)} for method, found in items.items()}
    for method, table in chosen.items():
        figures[method] |= _written(table, choices, draws)
    wrote = any(_asked(table) for table in chosen.values())
    others = [method for method in items if method != MODEL] if MODEL in items else []
    found = _resampled(figures, config, rng)
    gaps = {other: {HIT: found[MODEL][HIT] - found[other][HIT]} for other in others}
    differences, comparisons = tested(gaps, config.confidence)
    return ChoiceMetrics(
        tests=len(targets),
        left_out=choices.left_out,
        candidates=choices.sets.shape[2],
        draws=draws,
        estimates={method: intervals(one, config.confidence) for method, one in found.items()},
        differences=differences,
        comparisons=comparisons,
        chance={HIT: exact(1 / choices.sets.shape[2])},
        redrawn={
            method: _redrawn((one == targets).mean(axis=1), config.confidence)
            for method, one in items.items()
        },
        detectable={other: detectable(figures[MODEL][HIT] - figures[other][HIT]) for other in others},
        ceiling=_ceiling(choices, draws) if wrote else None,
    )


def choice_sums(table: pa.Table, choices: Choices, method: str) -> SufficientStatistics:
    """Return what a method chose and wrote as sums over tests [E], the last column counting them.

    A test counts as the mean over its draws. `table` is CHOSEN; raises PredictionError as `choice_metrics`.
    """
    items = _items(table, choices, method)
    figures = {HIT: (items == choices.examples.targets).mean(axis=0)} | _written(table, choices, len(items))
    columns = np.column_stack([*figures.values(), np.ones(len(choices.examples))])
    return SufficientStatistics(columns, choice_statistics(list(figures)))


def choice_statistics(names: Sequence[str]) -> dict[str, Statistic]:
    """Return figures, by the names that `choice_sums` gave them, as statistics of the sums of its columns."""
    return {name: ratio(column, len(names)) for column, name in enumerate(names)}


def detectable(differences: np.ndarray) -> float | None:
    """Return the mean difference that tests with these differences [E] find in 80 % of cases.

    At a level of 5 % from both sides, by the normal approximation; None of a single test.
    """
    if len(differences) < 2:
        return None
    return rounded(DETECTED * differences.std(ddof=1) / np.sqrt(len(differences)))


def _items(table: pa.Table, choices: Choices, method: str) -> np.ndarray:
    """Return what a method chose, int [draws, E]; raises PredictionError as `choice_metrics`."""
    source = f"predictions/{method}/choice.parquet"
    users = choices.examples.users
    draws = len(table) // len(users)
    if not 0 < draws <= len(choices.sets) or len(table) % len(users):
        raise PredictionError(
            f"{source}: {len(table)} rows; {len(users)} tests in 1 to {len(choices.sets)} draws wanted: "
            "run the stage that writes it once more"
        )
    found = table["item"].to_numpy().reshape(draws, -1)
    fits = (choices.sets[:draws] == found[..., None]).any(axis=2).ravel()
    fits &= table["user"].to_numpy() == np.tile(users, draws)
    fits &= table["draw"].to_numpy() == np.repeat(np.arange(draws), len(users))
    if not fits.all():
        row = int(fits.argmin())
        raise PredictionError(
            f"{source}: row {row + 1} is item {found.flat[row]} of user {table['user'][row]} in draw "
            f"{table['draw'][row]}; wanted: a candidate of user {np.tile(users, draws)[row]} in "
            f"draw {row // len(users)}"
        )
    return found


def _asked(table: pa.Table) -> list[str]:
    """Return the columns of answers that a method wrote."""
    return [name for name in ("text", "text_alone") if table[name].null_count < len(table)]


def _written(table: pa.Table, choices: Choices, draws: int) -> dict[str, np.ndarray]:
    """Return by figure the mean over draws of each test's written answers [E]; nothing of no answers."""
    found = {}
    rules: dict[str, Rule] = {"title": said_exactly, "within": said_within}
    for column in _asked(table):
        texts = np.array(table[column].fill_null("").to_pylist(), dtype=object).reshape(
            -1, len(choices.examples)
        )
        for name, rule in rules.items():
            said = _said(texts[:draws], choices, rule)
            ending = f"{name}{column.removeprefix('text')}"
            found[f"{HIT}_{ending}"] = (said == choices.examples.targets).mean(axis=0)
            found[f"ValidRatio_{ending}"] = (said >= 0).mean(axis=0)
    return found


def _said(texts: np.ndarray, choices: Choices, rule: Rule) -> np.ndarray:
    """Return the item that each of `texts` [draws, E] says by a rule, -1 for none."""
    said = np.full(texts.shape, -1)
    for (draw, test), text in np.ndenumerate(texts):
        candidates = choices.sets[draw, test]
        place = rule(text, [choices.titles[item] for item in candidates])
        if place is not None:
            said[draw, test] = candidates[place]
    return said


def _ceiling(choices: Choices, draws: int) -> float:
    """Return the share of the targets' own titles that are valid by the authors' rule."""
    titles = np.array(choices.titles, dtype=object)[choices.examples.targets]
    right = np.broadcast_to(titles, (draws, len(titles)))
    return rounded((_said(right, choices, said_within) >= 0).mean())


def _resampled(
    figures: Mapping[str, Mapping[str, np.ndarray]], config: EvaluationConfig, rng: np.random.Generator
) -> dict[str, dict[str, Resampled]]:
    """Resample tests, the same ones for all figures [E] of all methods."""
    names = [(method, name) for method, own in figures.items() for name in own]
    matrix = np.column_stack([figures[method][name] for method, name in names])
    replicates = resampled_sums(matrix, config.resamples, rng) / len(matrix)
    found: dict[str, dict[str, Resampled]] = {method: {} for method in figures}
    for column, (method, name) in enumerate(names):
        found[method][name] = Resampled(float(matrix[:, column].mean()), replicates[:, column])
    return found


def _redrawn(ratios: np.ndarray, confidence: float) -> Redrawn:
    """Return HitRatio@1 of each draw [draws] as mean, deviation and the central share of draws."""
    interval = percentile_interval(ratios.mean(), ratios, confidence)
    return Redrawn(
        draws=len(ratios),
        mean=rounded(interval.value),
        deviation=rounded(ratios.std(ddof=1)) if len(ratios) > 1 else None,
        low=rounded(interval.low),
        high=rounded(interval.high),
    )
