"""Which of a set of candidates was chosen, and how often it was the target."""

from collections.abc import Sequence


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
