"""Which of many requests the model can answer together, in one batch."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.serving.newcomers import Newcomer
from pipeline.serving.requests import Rank, Recommend, Request


@dataclass(frozen=True)
class Checked:
    """A request that can be answered.

    Attributes:
        request: what is asked.
        user: their row; None for somebody new.
        newcomer: what the collaborative prompt needs of somebody new; None without such a prompt.
        items: rows of the items that are asked about: the history, the candidates or the item, int32.
        beams: how many beams the answer is searched with.
    """

    request: Request
    user: int | None
    newcomer: Newcomer | None
    items: np.ndarray
    beams: int


def groups(checked: Sequence[Checked], room: int) -> list[list[int]]:
    """Return the places of requests in `checked`, in groups that are answered together.

    A group has one kind of request, one number of beams, and, where candidates are ranked, one number of
    them; `room` new users at most; and no known user twice where the histories leave out items.
    """
    found: dict[Hashable, list[int]] = defaultdict(list)
    before: Counter[Hashable] = Counter()
    for place, one in enumerate(checked):
        candidates = len(one.items) if isinstance(one.request, Rank) else 0
        kind = (type(one.request), one.beams, candidates)
        person = (*kind, one.user)
        turn = 0
        if one.user is None:
            turn = before[person] // room
        elif isinstance(one.request, Recommend):
            turn = before[person]
        before[person] += 1
        found[*kind, turn].append(place)
    return list(found.values())
