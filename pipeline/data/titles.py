"""Titles as prompts say them, and what is wrong with them: empty, equal, or one inside another."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_YEAR = re.compile(r"\s*\((\d{4})\)\s*$")
_ARTICLE = re.compile(r"^(.*?), (The|A|An)( \(.*\))?$")
"""`Net, The`, `Tin Drum, The (Blechtrommel, Die)`."""


@dataclass(frozen=True)
class TitleFaults:
    """How many titles can't tell which item is meant, of lower-case ones.

    Attributes:
        empty: nothing but white space.
        equal: shared with another item.
        contained: not equal, but part of another item's title: who says that one says this one too.
    """

    empty: int
    equal: int
    contained: int


def title_faults(titles: Sequence[str]) -> TitleFaults:
    """Count the faults of titles [I]."""
    lowered = [title.strip().lower() for title in titles]
    times = Counter(lowered)
    text = "\n".join(sorted(times))
    return TitleFaults(
        empty=times[""],
        equal=sum(times[title] > 1 for title in lowered if title),
        contained=sum(times[title] == 1 and text.count(title) > 1 for title in lowered if title),
    )


def spoken(title: str) -> str:
    """Return a title without its year and with its article in front: `The Net` of `Net, The (1995)`."""
    bare = _YEAR.sub("", title).strip()
    return _ARTICLE.sub(r"\2 \1\3", bare)


def spoken_as_released(title: str) -> str:
    """Return what the authors' code makes of a title of MovieLens, with its slips.

    Seven characters go, whatever they are: `unknown` becomes empty; `, A` is looked for before `, An`.
    """
    bare = title[:-7]
    for article in (", The", ", A", ", An"):
        if article in bare:
            return f"{article[2:]} {bare.replace(article, '')}"
    return bare


def told_apart(titles: Sequence[str], longer: Sequence[str]) -> list[str]:
    """Return titles [I] of which none is empty and no two are equal in lower case.

    An empty one becomes `item 267`, by its place from 1. Those that are equal are said by their `longer`
    titles, and where these are equal too with the place behind: `Chasing Amy (1997) 268`.
    """
    named = [title.strip() or f"item {place}" for place, title in enumerate(titles, start=1)]
    shared = _shared(named)
    named = [
        full.strip() or one if one.lower() in shared else one for one, full in zip(named, longer, strict=True)
    ]
    while shared := _shared(named):
        named = [
            f"{one} {place}" if one.lower() in shared else one for place, one in enumerate(named, start=1)
        ]
    return named


def _shared(titles: Sequence[str]) -> set[str]:
    return {title for title, times in Counter(title.lower() for title in titles).items() if times > 1}
