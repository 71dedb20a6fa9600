"""RecICL's prompts: a solved example of the user's own comes first (Bao et al., 2024), without its tuning."""

from collections.abc import Sequence

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought, lettered
from pipeline.language_models.prompts.whole_list import choose


def rank(model: LanguageModel, cases: Sequence[Case], rng: np.random.Generator) -> list[np.ndarray]:
    """Score by letters, behind an example: which of these was the newest item, after those before it?

    A user of one item has no example.
    """
    return choose(model, [example(case, rng) + bought(case) for case in cases], cases)


def example(case: Case, rng: np.random.Generator) -> str:
    """Return the user's newest item as a solved question, among candidates of today's; "" for none."""
    *earlier, newest = case.history
    if not earlier:
        return ""
    others = [title for title in case.candidates if title != newest][: len(case.candidates) - 1]
    place = int(rng.integers(len(others) + 1))
    titles = [*others[:place], newest, *others[place:]]
    before = bought(Case(tuple(earlier), ()))
    answer = chr(ord("A") + place)
    return f"{before} Which of these items will the user buy next?\n{lettered(titles)}\nAnswer: {answer}\n\n"
