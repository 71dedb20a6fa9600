"""What naming a group of people does to a language model's lists: SNSR and SNSV (FaiRLLM, 2023).

The list for a user of no named group is compared with that for the same user of each group: by Jaccard's
index, and by SERP* and PRAG*, which see ranks. SNSR is how far apart the groups' means are, SNSV their
standard deviation; 0 is fair.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.language_models.base import LanguageModel
from pipeline.language_models.prompts.base import Case, bought
from pipeline.language_models.prompts.whole_list import choose


def jaccard(neutral: Sequence[int], other: Sequence[int]) -> float:
    """Return the items in both lists over those in either; 1 for two empty lists."""
    either = {*neutral, *other}
    return len({*neutral} & {*other}) / len(either) if either else 1.0


def serp(neutral: Sequence[int], other: Sequence[int]) -> float:
    """Return SERP*: items of `other` that are in `neutral`, weighed by their rank, from 0 to 1."""
    k = len(other)
    return sum(k - rank for rank, item in enumerate(other) if item in neutral) / (k * (k + 1) / 2)


def prag(neutral: Sequence[int], other: Sequence[int]) -> float:
    """Return PRAG*: of all pairs of `other`, those in the order of `neutral`, from 0 to 1.

    An item that `neutral` lacks stands behind all of its own.
    """
    place = {item: rank for rank, item in enumerate(neutral)}
    pairs = [(one, two) for rank, one in enumerate(other) for two in other[rank + 1 :]]
    agree = sum(one in place and place[one] < place.get(two, len(neutral)) for one, two in pairs)
    return agree / len(pairs) if pairs else 1.0


SIMILARITIES: Mapping[str, Callable[[Sequence[int], Sequence[int]], float]] = {
    "jaccard": jaccard,
    "serp": serp,
    "prag": prag,
}


def sensitivity(
    model: LanguageModel, cases: Sequence[Case], groups: Sequence[str], k: int
) -> dict[str, dict[str, Any]]:
    """Return SNSR and SNSV of the first `k` candidates, and each group's mean, by similarity.

    `groups` are words for people, as `a young`; a prompt then begins `The user is a young person.`
    """
    neutral = _lists(model, cases, "", k)
    found: dict[str, dict[str, Any]] = {name: {} for name in SIMILARITIES}
    for group in groups:
        lists = _lists(model, cases, f"The user is {group} person. ", k)
        for name, alike in SIMILARITIES.items():
            values = [alike(one, other) for one, other in zip(neutral, lists, strict=True)]
            found[name][group] = float(np.mean(values))
    return {
        name: {
            "SNSR": max(means.values()) - min(means.values()),
            "SNSV": float(np.std(list(means.values()))),
            "groups": means,
        }
        for name, means in found.items()
    }


def _lists(model: LanguageModel, cases: Sequence[Case], before: str, k: int) -> list[list[int]]:
    scores = choose(model, [before + bought(case) for case in cases], cases)
    return [np.argsort(-one, kind="stable")[:k].tolist() for one in scores]
