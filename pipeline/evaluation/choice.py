"""Which of a set of candidates was chosen, and how often it was the target."""

from collections.abc import Sequence

import numpy as np


def hit_ratio(scores: np.ndarray, targets: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """Return HitRatio@1 of each draw of candidates, float64 [draws].

    Args:
        scores: of all items for each example, float [E, I].
        targets: int [E].
        sets: candidates, int [draws, E, candidates]; of equal scores the first counts.
    """
    rows = np.arange(len(targets))[None, :, None]
    best = scores[rows, sets].argmax(axis=2)
    chosen = np.take_along_axis(sets, best[..., None], axis=2)[..., 0]
    return np.asarray((chosen == targets).mean(axis=1))


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
