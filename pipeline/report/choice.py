"""The part of the page on LLaRA's question: which of these titles comes next?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from pipeline.data.next_items import NextItems, read_choices
from pipeline.evaluation.schema.choice import HIT, ChoiceMetrics
from pipeline.evaluation.schema.document import Estimate, Methods
from pipeline.report.forest import make_forest
from pipeline.report.methods import CHANCE, CHOOSER, Method, baselines
from pipeline.report.published import Published
from pipeline.report.sections import PageSection
from pipeline.report.tables import Table, difference_table, figure_table

TITLE = "Choice among titles"
_WRITTEN = [f"{name}_{rule}" for rule in ("title", "within") for name in (HIT, "ValidRatio")]
_PUBLISHED = "Published by LLaRA’s authors, without intervals; language models are Llama-2-7B or GPT-4"


@dataclass(frozen=True)
class ShownChoice:
    """A test example in titles, the history's newest last; `written` and `alone` are None if not asked."""

    user: str
    history: list[str]
    candidates: list[str]
    target: str
    chosen: str
    written: str | None
    alone: str | None


def choice_section(metrics: ChoiceMetrics, names: Sequence[str], published: Published) -> PageSection:
    """Return the section; `names` are the baselines of the run, `published` what the authors published."""
    known = [CHOOSER, *baselines(names)]
    methods = [method for method in known if method[0] in metrics.estimates]
    estimates: Methods = metrics.estimates | {CHANCE[0]: metrics.chance}
    about = (
        f"Which of {metrics.candidates} items comes next? They are the item that did, and others drawn at "
        "random from all that the shown history hasn’t. Every method is asked about the same sets."
    )
    caption = f"{TITLE}: by score or likelihood"
    first = figure_table(caption, estimates, [HIT], [*methods, CHANCE], published, heading=_PUBLISHED)
    tables = [
        replace(first, notes=(_denominators(metrics),)),
        *_differences(metrics, methods),
        *_written(metrics, published),
        *_redrawn(metrics, methods),
    ]
    plot = make_forest(HIT, estimates, [*methods, CHANCE], published)
    return PageSection("choice", TITLE, about, tables, [plot])


def _denominators(metrics: ChoiceMetrics) -> str:
    told = (
        f"Every figure is a share of all {metrics.tests:,} tests in {metrics.draws:,} "
        f"{'draw' if metrics.draws == 1 else 'draws'} of their candidates, invalid answers included."
    )
    if metrics.left_out:
        told += f" {metrics.left_out:,} more test users have too short a history to be asked."
    return told


def _differences(metrics: ChoiceMetrics, methods: Sequence[Method]) -> list[Table]:
    rows = []
    for key, label, _ in methods:
        if key in metrics.differences:
            least = metrics.detectable[key]
            told = "" if least is None else f"{metrics.tests:,} tests find {least:.3f} in 80 % of cases"
            rows.append((key, label, told))
    if not rows:
        return []
    caption = f"{TITLE}: the model minus each of the others, same tests"
    return [difference_table(caption, metrics.differences, [HIT], rows)]


def _written(metrics: ChoiceMetrics, published: Published) -> list[Table]:
    """Return the table of what the model wrote, none where it wrote nothing."""
    own = metrics.estimates.get(CHOOSER[0], {})
    rows = [(CHOOSER[0], CHOOSER[1], "what it wrote, word by word the likeliest")]
    estimates: Methods = {CHOOSER[0]: own}
    if f"{_WRITTEN[0]}_alone" in own:
        rows.append(("alone", "The same, without vectors", "the titles alone in its prompt"))
        estimates["alone"] = {name: own[f"{name}_alone"] for name in _WRITTEN}
    if _WRITTEN[0] not in own:
        return []
    quoted = {
        method: {f"{name}_within": value for name, value in figures.items()}
        for method, figures in published.items()
        if "ValidRatio" in figures
    }
    note = (
        "An answer is valid by title if it is the title of a candidate; by the authors’ rule, within, if the "
        "title of a single candidate stands in it. Since titles lie in one another, right answers would be "
        f"valid by that rule in {metrics.ceiling:.1%} of the tests."
    )
    table = figure_table(
        f"{TITLE}: by what was written", estimates, _WRITTEN, rows, quoted, heading=_PUBLISHED
    )
    return [replace(table, notes=(note,))]


def _redrawn(metrics: ChoiceMetrics, methods: Sequence[Method]) -> list[Table]:
    """Return the table of all draws, none where there is a single one."""
    rows = []
    estimates: Methods = {}
    for key, label, _ in methods:
        found = metrics.redrawn[key]
        if found.deviation is not None:
            rows.append((key, label, f"{found.draws:,} draws"))
            mean = Estimate(value=found.mean, low=found.low, high=found.high)
            estimates[key] = {HIT: mean, "deviation": Estimate(value=found.deviation)}
    if not rows:
        return []
    note = "Intervals and deviation are over draws of the candidates of the same tests, not over users."
    table = figure_table(f"{TITLE}: over redraws", estimates, [HIT, "deviation"], rows)
    return [replace(table, notes=(note,))]


def make_choices(
    choices: pa.Table,
    chosen: pa.Table,
    titles: Sequence[str],
    users: Sequence[str],
    count: int,
    rng: np.random.Generator,
) -> list[ShownChoice]:
    """Return at most `count` test examples of the first draw, drawn at random, in order of user.

    Args:
        choices: CHOICES.
        chosen: CHOSEN of the model.
        titles: of all items [I].
        users: what all users are called [N].
        count: how many.
        rng: draws them.
    """
    found = read_choices(choices)
    if "test" not in found:
        return []
    examples, sets = found["test"]
    answers = chosen.slice(0, len(examples)).to_pylist()
    shown = sorted(rng.permutation(len(examples))[:count].tolist())
    return [_shown(one, examples, sets[0], answers[one], titles, users) for one in shown]


def _shown(
    one: int,
    examples: NextItems,
    sets: np.ndarray,
    answer: dict[str, str | int | None],
    titles: Sequence[str],
    users: Sequence[str],
) -> ShownChoice:
    texts = [None if answer[key] is None else str(answer[key]).strip() for key in ("text", "text_alone")]
    return ShownChoice(
        user=users[examples.users[one]],
        history=[titles[item] for item in examples.histories[one]],
        candidates=[titles[item] for item in sets[one]],
        target=titles[examples.targets[one]],
        chosen=titles[int(answer["item"] or 0)],
        written=texts[0],
        alone=texts[1],
    )
